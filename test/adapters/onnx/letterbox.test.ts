import assert from 'node:assert/strict';
import { boxInPicture, letterbox, paintLetterbox } from '../../../src/adapters/onnx/letterbox.ts';

describe('letterbox', () => {
  it('puts a wide picture between margins above and below, a tall one between margins at the sides', () => {
    assert.deepEqual(letterbox(1000, 500, 512), { side: 512, left: 0, top: 128, width: 512, height: 256 });
    assert.deepEqual(letterbox(300, 900, 512), { side: 512, left: 170, top: 0, width: 171, height: 512 });
  });

  it('enlarges a small picture', () => {
    assert.deepEqual(letterbox(16, 16, 512), { side: 512, left: 0, top: 0, width: 512, height: 512 });
  });

  it('leaves a pixel of the narrowest picture', () => {
    assert.deepEqual(letterbox(16_000, 1, 512), { side: 512, left: 0, top: 255, width: 512, height: 1 });
  });
});

describe('boxInPicture', () => {
  it('gives shares of the picture, not of the square', () => {
    const box = letterbox(1000, 500, 512);
    assert.deepEqual(boxInPicture([128, 128, 256, 384], box), [0.25, 0, 0.25, 1]);
  });

  it('cuts off what lies in the margin or outside', () => {
    const box = letterbox(1000, 500, 512);
    assert.deepEqual(boxInPicture([-20, 0, 600, 256], box), [0, 0, 1, 0.5]);
    assert.deepEqual(boxInPicture([0, 0, 512, 100], box), [0, 0, 1, 0]);
  });
});

describe('paintLetterbox', () => {
  it('leaves the margins black and the rows whole', () => {
    const box = letterbox(2, 1, 4);
    assert.deepEqual(box, { side: 4, left: 0, top: 1, width: 4, height: 2 });
    const pixels = Uint8Array.from({ length: 24 }, (_, i) => i + 1);
    const black = new Array<number>(12).fill(0);
    assert.deepEqual([...paintLetterbox(pixels, box, 0)], [...black, ...pixels, ...black]);
  });

  it('leaves the margins at the sides black too', () => {
    const box = { side: 3, left: 1, top: 0, width: 1, height: 3 };
    const square = paintLetterbox(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), box, 0);
    assert.deepEqual([...square], [0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 7, 8, 9, 0, 0, 0]);
  });

  it('leaves them in the grey that is asked for', () => {
    const box = { side: 2, left: 0, top: 0, width: 2, height: 1 };
    assert.deepEqual(
      [...paintLetterbox(Uint8Array.of(1, 2, 3, 4, 5, 6), box, 255)],
      [1, 2, 3, 4, 5, 6, 255, 255, 255, 255, 255, 255],
    );
  });
});
