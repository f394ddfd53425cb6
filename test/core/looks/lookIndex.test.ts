import assert from 'node:assert/strict';
import { LookIndex } from '../../../src/core/looks/lookIndex.ts';
import { CHROMA_CELLS, LUMA_CELLS, type Look } from '../../../src/core/model/look.ts';
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

describe('LookIndex', () => {
  it('finds the near copies among many, best first, and not the picture itself', () => {
    const index = new LookIndex();
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
    const index = new LookIndex();
    index.add(name(1), picture(1, { hash: 'ffffffff00000000' }));
    assert.equal(index.nearCopies(picture(1, { hash: '7ffffff700001137' }), name(2)).length, 0);
    assert.equal(index.nearCopies(picture(1, { hash: '7ffffff700001127' }), name(2)).length, 1);
  });

  it('keeps a picture that is added again once', () => {
    const index = new LookIndex();
    index.add(name(1), picture(1));
    index.add(name(1), picture(1));
    index.add(name(1), picture(2));
    assert.equal(index.nearCopies(picture(1), name(9)).length, 1);
    assert.equal(index.nearCopies(picture(2), name(9)).length, 0);
  });

  it('never finds pictures that are too plain to tell', () => {
    const index = new LookIndex();
    const white = picture(1, { pixels: new Uint8Array(LUMA_CELLS + 2 * CHROMA_CELLS).fill(255) });
    for (let n = 0; n < 10; n++) index.add(name(n), white);
    assert.deepEqual(index.nearCopies(white, name('new')), []);
  });
});
