import assert from 'node:assert/strict';
import { WD_TAGGER, type TaggerForm } from '../../../../src/adapters/onnx/tagger/taggerForm.ts';
import { taggerDims, taggerInput } from '../../../../src/adapters/onnx/tagger/taggerInput.ts';

// two by two pixels: red, green / blue, grey
const PIXELS = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 51, 102, 153);
const input = (form: Partial<TaggerForm>): number[] => [...taggerInput(PIXELS, 2, { ...WD_TAGGER, ...form })];

describe('taggerInput', () => {
  it('gives a WD tagger blue, green, red of each pixel, 0 to 255', () => {
    assert.deepEqual(input({}), [0, 0, 255, 0, 255, 0, 255, 0, 0, 153, 102, 51]);
  });

  it('gives the channels in the other order', () => {
    assert.deepEqual(input({ channels: 'RGB' }), [...PIXELS]);
  });

  it('gives one channel after the other', () => {
    assert.deepEqual(input({ layout: 'NCHW', channels: 'RGB' }), [255, 0, 0, 51, 0, 255, 0, 102, 0, 0, 255, 153]);
    assert.deepEqual(input({ layout: 'NCHW' }), [0, 0, 255, 153, 0, 255, 0, 102, 255, 0, 0, 51]);
  });

  it('normalises each channel by its own mean and deviation', () => {
    const normalisation = { range: 1, mean: [0.25, 0.5, 0.75], std: [0.5, 0.25, 0.125] } as const;
    assert.deepEqual(input({ channels: 'RGB', normalisation }).slice(0, 6), [1.5, -2, -6, -0.5, 2, -6]);
  });

  it('has the dimensions that its layout says', () => {
    assert.deepEqual(taggerDims(2, 448, WD_TAGGER), [2, 448, 448, 3]);
    assert.deepEqual(taggerDims(1, 512, { ...WD_TAGGER, layout: 'NCHW' }), [1, 3, 512, 512]);
  });
});
