import type { ContentHash } from '../model/ids.ts';
import type { Look } from '../model/look.ts';
import { bitsApart32, wordsOf } from './bitsApart.ts';
import { isTelling } from './isTelling.ts';
import { likeness, MOST_BITS } from './likeness.ts';

/** Pictures by their look. A query compares all hashes, one after the other: 0.9 ms for 60,000. */
export class LookIndex {
  private readonly known = new Map<ContentHash, Look>();
  private readonly entries: { readonly sha256: ContentHash; readonly look: Look }[] = [];
  /** two words for each entry */
  private hashes = new Uint32Array(2048);

  /** What was added before under this hash stays. Pictures that are too plain or too small to tell are never found. */
  add(sha256: ContentHash, look: Look): void {
    if (this.known.has(sha256)) return;
    this.known.set(sha256, look);
    // thousands of white pages would all be near in the hash, and each query compare them all
    if (!isTelling(look)) return;
    const at = 2 * this.entries.length;
    if (at === this.hashes.length) {
      const grown = new Uint32Array(2 * at);
      grown.set(this.hashes);
      this.hashes = grown;
    }
    this.hashes.set(wordsOf(look.hash), at);
    this.entries.push({ sha256, look });
  }

  get(sha256: ContentHash): Look | undefined {
    return this.known.get(sha256);
  }

  /** The near copies among what was added, best first, equals in the order in which they came. */
  nearCopies(look: Look, except: ContentHash): readonly { readonly sha256: ContentHash; readonly likeness: number }[] {
    const found: { readonly sha256: ContentHash; readonly likeness: number }[] = [];
    const { hashes, entries } = this;
    const [high, low] = wordsOf(look.hash);
    for (let i = 0; i < entries.length; i++) {
      if (bitsApart32(hashes[2 * i] ?? 0, high) + bitsApart32(hashes[2 * i + 1] ?? 0, low) > MOST_BITS) continue;
      const entry = entries[i];
      if (!entry || entry.sha256 === except) continue;
      const alike = likeness(look, entry.look);
      if (alike !== undefined) found.push({ sha256: entry.sha256, likeness: alike });
    }
    return found.sort((a, b) => b.likeness - a.likeness);
  }
}
