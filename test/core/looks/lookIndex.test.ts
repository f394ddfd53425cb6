import assert from 'node:assert/strict';
import { wordsOf } from '../../../src/core/looks/bitsApart.ts';
import { likeness, MOST_BITS } from '../../../src/core/looks/likeness.ts';
import { LookIndex } from '../../../src/core/looks/lookIndex.ts';
import { CHROMA_CELLS, LUMA_CELLS, type Look } from '../../../src/core/model/look.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';

/** A picture of rough noise of its own, with a hash of its own. */
function picture(number: number, changes: Partial<Look> = {}): Look {
  let state = number + 1;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  const hash = [next(), next()].map((word) => word.toString(16).padStart(8, '0')).join('');
  const pixels = Uint8Array.from({ length: LUMA_CELLS + 2 * CHROMA_CELLS }, () => 20 + (next() >>> 24) * 0.8);
  return { width: 1000, height: 700, hash, pixels, ...changes };
}

/** The same, with some cells a bit darker. */
function worn(look: Look, cells: number): Look {
  return { ...look, pixels: look.pixels.map((value, i) => (i < cells ? value - 5 : value)) };
}

const name = (n: number | string) => sha256Of(`picture ${n}`);

/** An index, with the looks that it refers to. */
class Looks {
  private readonly looks = new Map<ContentHash, Look>();
  private readonly index = new LookIndex((sha256) => this.looks.get(sha256));

  add(sha256: ContentHash, look: Look): void {
    if (!this.looks.has(sha256)) this.looks.set(sha256, look);
    this.index.add(sha256, look.hash);
  }

  nearCopies(look: Look, except: ContentHash) {
    return this.index.nearCopies(look, except);
  }

  /** the same, by comparing with all */
  allNear(look: Look, except: ContentHash) {
    const found: { sha256: ContentHash; likeness: number }[] = [];
    for (const [sha256, other] of this.looks) {
      const alike = sha256 === except ? undefined : likeness(look, other);
      if (alike !== undefined) found.push({ sha256, likeness: alike });
    }
    return found.sort((a, b) => b.likeness - a.likeness);
  }
}

describe('LookIndex', () => {
  it('finds the near copies among many, best first, and not the picture itself', () => {
    const index = new Looks();
    for (let n = 0; n < 3000; n++) index.add(name(n), picture(n));
    for (const n of [0, 1023, 1024, 2999]) {
      assert.deepEqual(index.nearCopies(picture(n), name('new')), [{ sha256: name(n), likeness: 1 }]);
      assert.deepEqual(index.nearCopies(picture(n), name(n)), []);
    }
    assert.deepEqual(index.nearCopies(picture(3000), name('new')), []);

    index.add(name('much worn'), worn(picture(5), 400));
    index.add(name('little worn'), worn(picture(5), 20));
    const found = index.nearCopies(picture(5), name('new'));
    assert.deepEqual(found.map(({ sha256 }) => sha256), [name(5), name('little worn'), name('much worn')]); // prettier-ignore
  });

  it('finds a picture whose hash differs in eight bits, and none whose hash differs in nine', () => {
    const index = new Looks();
    index.add(name(1), picture(1, { hash: 'ffffffff00000000' }));
    assert.equal(index.nearCopies(picture(1, { hash: '7ffffff700001137' }), name(2)).length, 0);
    assert.equal(index.nearCopies(picture(1, { hash: '7ffffff700001127' }), name(2)).length, 1);
  });

  it('keeps a picture that is added again once', () => {
    const index = new Looks();
    index.add(name(1), picture(1));
    index.add(name(1), picture(1));
    index.add(name(1), picture(2));
    assert.equal(index.nearCopies(picture(1), name(9)).length, 1);
    assert.equal(index.nearCopies(picture(2), name(9)).length, 0);
  });

  it('finds what comparing with all of them finds, whichever bits of the hash differ', () => {
    const index = new Looks();
    let state = 7;
    const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
    const apart = (hash: string, bits: number): string => {
      const words = new Uint32Array(wordsOf(hash));
      for (let n = 0; n < bits; n++) words[next() >>> 31]! ^= 1 << (next() >>> 27);
      return [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
    };
    const base = picture(1);
    const copies = Array.from({ length: 2000 }, (_, n) => picture(1, { hash: apart(base.hash, n % 14) }));
    for (const [n, copy] of copies.entries()) index.add(name(n), copy);
    let within = 0;
    for (let n = 0; n < copies.length; n += 50) {
      const look = copies[n]!;
      const expected = index.allNear(look, name(n));
      assert.deepEqual(index.nearCopies(look, name(n)), expected);
      within += expected.length;
    }
    assert.ok(within > 1000, `${within} within ${MOST_BITS} bits`);
  });
});
