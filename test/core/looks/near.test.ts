import assert from 'node:assert/strict';
import { bitsApart32, wordsOf } from '../../../src/core/looks/bitsApart.ts';
import { contrastAt } from '../../../src/core/looks/contrast.ts';
import { isTelling } from '../../../src/core/looks/isTelling.ts';
import { likeness } from '../../../src/core/looks/likeness.ts';
import { CHROMA_CELLS, CHROMA_SIDE, LUMA_CELLS, LUMA_SIDE, type Look } from '../../../src/core/model/look.ts';

const CELLS = LUMA_CELLS + 2 * CHROMA_CELLS;

/** Grey with so many bright cells, far from each other and each with its up to eight neighbours. */
function dotted(dots: number, changes: Partial<Look> = {}, depth = 100): Look {
  const pixels = new Uint8Array(CELLS).fill(100);
  for (let n = 0; n < dots; n++) {
    const [row, column] = [1 + 3 * Math.floor(n / 10), 1 + 3 * (n % 10)];
    pixels[row * LUMA_SIDE + column] = 100 + depth;
  }
  return { width: 1000, height: 800, hash: '0123456789abcdef', pixels, ...changes };
}

/** The same with one cell that differs. */
function off(look: Look, cell: number, by: number): Look {
  const pixels = Uint8Array.from(look.pixels);
  pixels[cell] = (pixels[cell] ?? 0) + by;
  return { ...look, pixels };
}

describe('two pictures that are nearly one', () => {
  const look = dotted(30);
  /** plain in all directions */
  const plain = LUMA_SIDE * LUMA_SIDE - 1;

  it('are as like as can be when they are the same', () => assert.equal(likeness(look, look), 1));

  it('are less alike by the mean difference of their cells, whichever is asked about', () => {
    const other = off(off(look, plain, 7), 0, -3);
    assert.equal(likeness(look, other), 1 - 10 / CELLS / 255);
    assert.equal(likeness(other, look), likeness(look, other));
  });

  it('may differ in each plain cell by 7 of brightness and 4 of colour, and no more', () => {
    for (const [cell, most] of [
      [plain, 7],
      [LUMA_CELLS, 4],
      [LUMA_CELLS + CHROMA_CELLS - 1, 4],
      [LUMA_CELLS + CHROMA_CELLS, 4],
      [CELLS - 1, 4],
    ] as const) {
      for (const sign of [1, -1]) {
        assert.ok(likeness(look, off(look, cell, sign * most)) !== undefined, `${cell}`);
        assert.equal(likeness(look, off(look, cell, sign * (most + 1))), undefined, `${cell}`);
      }
    }
  });

  it('may differ by more at an edge, the more the smaller the picture is, and up to three tenths of the contrast', () => {
    const dot = LUMA_SIDE + 1;
    const most = (width: number): number => {
      const one = dotted(30, { width, height: width });
      let by = 0;
      while (likeness(one, off(one, dot, -by - 1)) !== undefined) by++;
      return by;
    };
    // by - 7 <= shift * (100 - by)
    assert.deepEqual([most(3200), most(320), most(100), most(64)], [7, 15, 28, 28]);
    // of two sizes the smaller one
    const sized = (width: number): Look => dotted(30, { width, height: width });
    const [large, small] = [sized(3200), sized(320)];
    for (const by of [15, 16]) {
      const other = off(small, dot, -by);
      assert.equal(likeness(large, other) !== undefined, by <= 15);
      assert.equal(likeness(other, large) !== undefined, by <= 15);
    }
  });

  it('have nearly the same shape: half a per cent and a pixel apart at most', () => {
    const wide = (width: number): Look => dotted(30, { width, height: 1000 });
    assert.ok(likeness(wide(1000), wide(1006)) !== undefined);
    assert.equal(likeness(wide(1000), wide(1008)), undefined);
    assert.equal(likeness(wide(1008), wide(1000)), undefined);
    assert.ok(likeness(look, { ...look, width: look.width / 4, height: look.height / 4 }) !== undefined);
    assert.equal(likeness(look, { ...look, width: look.height, height: look.width }), undefined);
  });

  it('have hashes that are eight bits apart at most, in both halves together', () => {
    const hash = (text: string): Look => ({ ...look, hash: text });
    const zero = hash('0000000000000000');
    assert.ok(likeness(zero, hash('0000000f8000000e')) !== undefined);
    assert.equal(likeness(zero, hash('0000000f8000000f')), undefined);
    assert.equal(likeness(hash('80000000f0000000'), hash('000000000f000000')), undefined);
  });

  it('are both pictures that tell something', () => {
    const plainOne = dotted(0);
    assert.equal(likeness(plainOne, plainOne), undefined);
    // seven dots have 63 cells that stand out; the difference alone would be little enough
    const [few, enough] = [dotted(7, {}, 21), dotted(8, {}, 21)];
    assert.equal(likeness(few, few), undefined);
    assert.ok(likeness(enough, enough) !== undefined);
    // the eighth dot is a shade too faint in the one: both ways
    const eighth = LUMA_SIDE + 1 + 3 * 7;
    const faint = off(enough, eighth, -1);
    assert.equal(likeness(enough, faint), undefined);
    assert.equal(likeness(faint, enough), undefined);
  });
});

describe('a picture that tells something', () => {
  it('has one cell in sixteen that stands out by more than compression makes', () => {
    assert.equal(isTelling(dotted(7)), false);
    assert.equal(isTelling(dotted(8)), true);
    assert.equal(isTelling(dotted(100, {}, 20)), false);
    assert.equal(isTelling(dotted(100, {}, 21)), true);
  });

  it('is not too small', () => {
    assert.equal(isTelling(dotted(30, { width: 64, height: 64 })), true);
    assert.equal(isTelling(dotted(30, { width: 63 })), false);
    assert.equal(isTelling(dotted(30, { height: 63 })), false);
  });

  it('is known by brightness alone', () => {
    const pixels = new Uint8Array(CELLS).fill(100);
    for (let cell = LUMA_CELLS; cell < CELLS; cell += 2) pixels[cell] = 250;
    assert.equal(isTelling({ ...dotted(0), pixels }), false);
  });
});

describe('how much a cell stands out', () => {
  const grid = (side: number, bright: number): Uint8Array => {
    const pixels = new Uint8Array(1 + side * side).fill(10);
    pixels[1 + bright] = 60;
    return pixels;
  };

  it('is the largest difference from its neighbours, which end at the edge of the grid', () => {
    const side = 4;
    for (let bright = 0; bright < side * side; bright++) {
      for (let cell = 0; cell < side * side; cell++) {
        const rows = Math.abs(Math.floor(cell / side) - Math.floor(bright / side));
        const columns = Math.abs((cell % side) - (bright % side));
        const expected = rows <= 1 && columns <= 1 ? 50 : 0;
        assert.equal(contrastAt(grid(side, bright), 1, side, cell), expected, `${bright} seen from ${cell}`);
      }
    }
  });

  it('is not told by what is before or behind the grid', () => {
    const pixels = Uint8Array.from([255, ...new Array<number>(CHROMA_CELLS).fill(7), 255]);
    for (let cell = 0; cell < CHROMA_CELLS; cell++) assert.equal(contrastAt(pixels, 1, CHROMA_SIDE, cell), 0);
  });
});

describe('how far two hashes are apart', () => {
  it('is counted bit by bit, with the first bit of each word too', () => {
    for (let bit = 0; bit < 32; bit++) {
      assert.equal(bitsApart32(0, 1 << bit), 1);
      assert.equal(bitsApart32(-1, ~((2 << bit) - 1)), bit + 1);
    }
    assert.equal(bitsApart32(0xffffffff, 0), 32);
    assert.equal(bitsApart32(0xaaaaaaaa, 0x55555555), 32);
    assert.equal(bitsApart32(0xf0f0f0f0, 0xf0f0f0f0), 0);
    assert.deepEqual(wordsOf('89abcdef01234567'), [0x89abcdef, 0x01234567]);
  });
});
