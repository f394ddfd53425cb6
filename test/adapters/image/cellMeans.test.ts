import assert from 'node:assert/strict';
import { cellMeans, halved } from '../../../src/adapters/image/cellMeans.ts';

/** Of 3 x 2 pixels: red counts up by tens, green is the column, blue the row. */
const pixels = Uint8Array.from([0, 0, 0, 10, 1, 0, 20, 2, 0, 30, 0, 1, 40, 1, 1, 50, 2, 1]);
const rounded = (means: Float64Array): readonly number[] => [...means].map((mean) => Number(mean.toFixed(6)));

describe('cellMeans', () => {
  it('takes the mean of each cell, with a pixel on a border in both by its part', () => {
    // two cells in three columns: 1.5 pixels each
    assert.deepEqual(rounded(cellMeans(pixels, 3, 2, 2)), [
      3.333333, 0.333333, 0, 16.666667, 1.666667, 0, 33.333333, 0.333333, 1, 46.666667, 1.666667, 1,
    ]); // prettier-ignore
    assert.deepEqual(rounded(cellMeans(pixels, 3, 2, 1)), [25, 1, 0.5]);
  });

  it('spreads pixels that are larger than a cell', () => {
    const four = cellMeans(Uint8Array.from([7, 8, 9]), 1, 1, 2);
    assert.deepEqual(rounded(four), [7, 8, 9, 7, 8, 9, 7, 8, 9, 7, 8, 9]);
    const [first, second] = [0, 3].map((i) => cellMeans(pixels, 3, 2, 6)[i]);
    assert.equal(first?.toFixed(6), second?.toFixed(6));
  });

  it('makes a grid of half as many cells a side out of a finer one', () => {
    const [width, height] = [37, 23];
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 256);
    const expected = cellMeans(pixels, width, height, 4);
    const found = halved(cellMeans(pixels, width, height, 8), 8);
    assert.equal(found.length, expected.length);
    for (const [i, value] of found.entries()) assert.ok(Math.abs(value - (expected[i] ?? NaN)) < 1e-9, `${i}`);
  });
});
