import type { ContentHash } from '../model/ids.ts';
import type { Look } from '../model/look.ts';
import { bitsApart32, wordsOf } from './bitsApart.ts';
import { likeness, MOST_BITS } from './likeness.ts';

/** A hash is looked up by its four quarters: of two that are at most 8 bits apart, one quarter is at most 2 apart. */
const QUARTERS = 4;
const QUARTER_BITS = 16;
const NEAR_QUARTERS = flipsUpTo(Math.floor(MOST_BITS / QUARTERS));
const NONE = -1;

/**
 * Pictures by their look, which stays where it is kept; here are the hashes alone. A query looks at the pictures that share
 * a quarter of their hash with it but for two bits (multi-index hashing, Norouzi et al. 2012): of 100,000 those are some 800.
 */
export class LookIndex {
  private readonly lookOf: (sha256: ContentHash) => Look | undefined;
  private readonly known = new Set<ContentHash>();
  private readonly entries: ContentHash[] = [];
  /** two words for each entry */
  private hashes = new Uint32Array(2048);
  /** for each quarter and each value of it the last entry that has it */
  private readonly last = new Int32Array(QUARTERS << QUARTER_BITS).fill(NONE);
  /** for each entry and quarter the entry before it that has the same value */
  private before = new Int32Array(4096);

  /** @param lookOf how a picture looks that was added */
  constructor(lookOf: (sha256: ContentHash) => Look | undefined) {
    this.lookOf = lookOf;
  }

  /** What was added before under this hash of the bytes stays. */
  add(sha256: ContentHash, hash: string): void {
    if (this.known.has(sha256)) return;
    this.known.add(sha256);
    const entry = this.entries.length;
    if (2 * entry === this.hashes.length) {
      this.hashes = grown(this.hashes, new Uint32Array(4 * entry));
      this.before = grown(this.before, new Int32Array(2 * QUARTERS * entry));
    }
    const words = wordsOf(hash);
    this.hashes.set(words, 2 * entry);
    const quarters = quartersOf(words);
    for (let quarter = 0; quarter < QUARTERS; quarter++) {
      const slot = (quarter << QUARTER_BITS) + (quarters[quarter] ?? 0);
      this.before[QUARTERS * entry + quarter] = this.last[slot] ?? NONE;
      this.last[slot] = entry;
    }
    this.entries.push(sha256);
  }

  /** The near copies among what was added, best first, equals in the order in which they came. */
  nearCopies(look: Look, except: ContentHash): readonly { readonly sha256: ContentHash; readonly likeness: number }[] {
    const found: { readonly sha256: ContentHash; readonly likeness: number }[] = [];
    for (const entry of this.near(wordsOf(look.hash))) {
      const sha256 = this.entries[entry];
      if (sha256 === undefined || sha256 === except) continue;
      const other = this.lookOf(sha256);
      const alike = other && likeness(look, other);
      if (alike !== undefined) found.push({ sha256, likeness: alike });
    }
    return found.sort((a, b) => b.likeness - a.likeness);
  }

  /** The entries whose hash is at most MOST_BITS apart, in the order in which they came. */
  private near(words: readonly [high: number, low: number]): readonly number[] {
    const { hashes, last, before } = this;
    const [high, low] = words;
    const near = new Set<number>();
    for (const [quarter, value] of quartersOf(words).entries()) {
      for (const flips of NEAR_QUARTERS) {
        let entry = last[(quarter << QUARTER_BITS) + (value ^ flips)] ?? NONE;
        for (; entry !== NONE; entry = before[QUARTERS * entry + quarter] ?? NONE) {
          const apart = bitsApart32(hashes[2 * entry] ?? 0, high) + bitsApart32(hashes[2 * entry + 1] ?? 0, low);
          if (apart <= MOST_BITS) near.add(entry);
        }
      }
    }
    return [...near].sort((a, b) => a - b);
  }
}

const quartersOf = ([high, low]: readonly [high: number, low: number]): readonly number[] => [
  high >>> 16,
  high & 0xffff,
  low >>> 16,
  low & 0xffff,
];

/** All quarters with at most so many bits set. */
function flipsUpTo(bits: number): readonly number[] {
  const all = new Set([0]);
  for (let n = 0; n < bits; n++) {
    for (const value of [...all]) for (let bit = 0; bit < QUARTER_BITS; bit++) all.add(value | (1 << bit));
  }
  return [...all];
}

function grown<A extends Uint32Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
