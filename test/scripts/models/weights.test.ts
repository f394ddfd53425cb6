import assert from 'node:assert/strict';
import { ModelBuildError } from '../../../scripts/models/modelBuildError.ts';
import { readWeights, weightValues, type WeightSpec } from '../../../scripts/models/weights.ts';

const HALF = { dtype: 'float16' } as const;
const LEVELS = { dtype: 'uint8', scale: 0.5, min: -10 } as const;

describe('readWeights', () => {
  it('cuts tensors of all forms out of one block, wherever they start', () => {
    const specs: readonly WeightSpec[] = [
      { name: 'levels', shape: [3], dtype: 'float32', quantization: LEVELS },
      // From here on at odd offsets, where no typed array of two or four bytes an element may begin.
      { name: 'halves', shape: [2, 1], dtype: 'float32', quantization: HALF },
      { name: 'axis', shape: [], dtype: 'int32' },
      { name: 'floats', shape: [1], dtype: 'float32' },
    ];
    const data = new Uint8Array([0, 20, 255, 0x00, 0x3c, 0x00, 0xc1, 0xfd, 0xff, 0xff, 0xff, 0, 0, 0x40, 0x40]);
    const weights = readWeights(specs, data);
    const values = [...weights].map(([name, weight]) => [name, Array.from(weightValues(weight))]);
    assert.deepEqual(values, [
      ['levels', [-10, 0, 117.5]],
      ['halves', [1, -2.5]],
      ['axis', [-3]],
      ['floats', [3]],
    ]);
    assert.deepEqual(weights.get('halves')?.shape, [2, 1]);
  });

  it('reads every kind of half float', () => {
    const bits = [0x0000, 0x0001, 0x03ff, 0x0400, 0x3555, 0x7bff, 0xfbff, 0x7c00, 0xfc00];
    const data = new Uint8Array(new Uint16Array(bits).buffer);
    const weights = readWeights([{ name: 'h', shape: [bits.length], dtype: 'float32', quantization: HALF }], data);
    const expected = [0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 0.333251953125, 65504, -65504, Infinity, -Infinity];
    assert.deepEqual(Array.from(weightValues(weights.get('h')!)), expected);
  });

  it('refuses data that are too short or too long', () => {
    const specs: readonly WeightSpec[] = [{ name: 'floats', shape: [2], dtype: 'float32' }];
    for (const length of [7, 9]) {
      assert.throws(
        () => readWeights(specs, new Uint8Array(length)),
        (error) => error instanceof ModelBuildError && error.reason === 'malformed',
      );
    }
  });
});
