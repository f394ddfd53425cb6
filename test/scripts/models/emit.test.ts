import assert from 'node:assert/strict';
import type { Emitter, FeatureMap } from '../../../scripts/models/emit.ts';
import { ModelBuildError } from '../../../scripts/models/modelBuildError.ts';
import { weightValues, type Weight, type WeightData } from '../../../scripts/models/weights.ts';
import { plainPicture, runGraph } from './runGraph.ts';

const floats = (shape: readonly number[], values: readonly number[]): Weight => ({
  name: 'weight',
  shape,
  data: { kind: 'float32', values: Float32Array.from(values) },
});
const ones = (shape: readonly number[]): Weight =>
  floats(shape, new Array<number>(shape.reduce((a, b) => a * b)).fill(1));

/** Nine pixels of the first channel, added up: the values tell how many of them were padding. */
const countPixels = floats([3, 3, 3, 1], Array.from({ length: 9 }, () => [1, 0, 0]).flat());

describe('the emitter', () => {
  describe('SAME padding with stride 2', () => {
    const convolve = (emitter: Emitter, image: FeatureMap): FeatureMap =>
      emitter.conv2d(image, countPixels, { strides: [2, 2], dilations: [1, 1], padding: 'same' });

    it('stands at the bottom and right only when the size is even', async () => {
      const { shape, values } = await runGraph(plainPicture(4, 4, [1, 0, 0]), convolve);
      assert.deepEqual(shape, [1, 2, 2, 1]);
      assert.deepEqual(values, [9, 6, 6, 4]);
    });

    it('stands on all sides when the size is odd', async () => {
      const { shape, values } = await runGraph(plainPicture(5, 5, [1, 0, 0]), convolve);
      assert.deepEqual(shape, [1, 3, 3, 1]);
      assert.deepEqual(values, [4, 6, 4, 6, 9, 6, 4, 6, 4]);
    });

    it('is computed for height and width on their own', async () => {
      const { shape, values } = await runGraph(plainPicture(4, 5, [1, 0, 0]), convolve);
      assert.deepEqual(shape, [1, 2, 3, 1]);
      assert.deepEqual(values, [6, 9, 6, 4, 6, 4]);
    });

    it('counts the gaps of a dilated kernel', async () => {
      const { values } = await runGraph(plainPicture(5, 5, [1, 0, 0]), (emitter, image) =>
        emitter.conv2d(image, countPixels, { strides: [1, 1], dilations: [2, 2], padding: 'same' }),
      );
      // Taps two pixels apart: the corner reaches 2x2 of them, the middle all nine.
      assert.deepEqual(values.slice(0, 3), [4, 4, 6]);
      assert.equal(values[12], 9);
    });

    it('counts in no average', async () => {
      const { values } = await runGraph(plainPicture(3, 3, [6, 6, 6]), (emitter, image) =>
        emitter.pool(image, 'average', [2, 2], { strides: [2, 2], padding: 'same' }),
      );
      assert.deepEqual(values, new Array<number>(12).fill(6));
    });

    it('wins no maximum', async () => {
      const { values } = await runGraph(plainPicture(3, 3, [-6, -6, -6]), (emitter, image) =>
        emitter.pool(image, 'max', [3, 3], { strides: [1, 1], padding: 'same' }),
      );
      assert.deepEqual(values, new Array<number>(27).fill(-6));
    });
  });

  it('pads each edge by itself when told so', async () => {
    const { shape, values } = await runGraph(plainPicture(3, 3, [1, 0, 0]), (emitter, image) =>
      emitter.conv2d(image, countPixels, {
        strides: [1, 1],
        dilations: [1, 1],
        padding: { top: 1, left: 0, bottom: 0, right: 2 },
      }),
    );
    assert.deepEqual(shape, [1, 2, 3, 1]);
    assert.deepEqual(values, [6, 4, 2, 9, 6, 3]);
  });

  it('mixes channels as an HWIO kernel says', async () => {
    const kernel = floats([1, 1, 3, 2], [1, 10, 2, 20, 3, 30]);
    const { values } = await runGraph(plainPicture(1, 1, [1, 100, 10_000]), (emitter, image) =>
      emitter.conv2d(image, kernel, {
        strides: [1, 1],
        dilations: [1, 1],
        padding: 'valid',
        bias: floats([2], [0.5, 0]),
      }),
    );
    assert.deepEqual(values, [30_201.5, 302_010]);
  });

  it('puts the results of a depthwise multiplier beside each other, channel by channel', async () => {
    // Two rows, so that a kernel laid out wrongly shows: [height 2, width 1, channels 3, multiplier 2].
    const kernel = floats([2, 1, 3, 2], [1, 2, 3, 4, 5, 6, 0, 1, 0, 1, 0, 1]);
    const picture = { height: 2, width: 1, values: [1, 10, 100, 1000, 2000, 3000] };
    const { shape, values } = await runGraph(picture, (emitter, image) =>
      emitter.depthwiseConv2d(image, kernel, { strides: [1, 1], dilations: [1, 1], padding: 'valid' }),
    );
    assert.deepEqual(shape, [1, 1, 1, 6]);
    assert.deepEqual(values, [1, 1002, 30, 2040, 500, 3600]);
  });

  describe('packed weights', () => {
    const shape = [3, 3, 3, 4];
    const levels = Uint8Array.from({ length: 108 }, (_, index) => (index * 37) % 256);
    const packings: readonly WeightData[] = [
      { kind: 'uint8', levels, scale: 0.0066667, min: -0.8733451 },
      // All finite halves of 0.5 to 4, positive and negative.
      {
        kind: 'float16',
        bits: Uint16Array.from({ length: 108 }, (_, index) => 0x3800 + index * 28 + (index % 2) * 0x8000),
      },
    ];
    const picture = { height: 4, width: 4, values: Array.from({ length: 48 }, (_, index) => ((index * 29) % 97) / 97) };
    for (const data of packings) {
      it(`of ${data.kind} give what the same values give as float32`, async () => {
        const packed: Weight = { name: 'packed', shape, data };
        const unpacked: Weight = { name: 'unpacked', shape, data: { kind: 'float32', values: weightValues(packed) } };
        const convolve = (kernel: Weight) =>
          runGraph(picture, (emitter, image) =>
            emitter.conv2d(image, kernel, { strides: [1, 1], dilations: [1, 1], padding: 'same' }),
          );
        const [actual, expected] = [await convolve(packed), await convolve(unpacked)];
        assert.equal(actual.values.length, 64);
        assert.ok(expected.values.some((value) => Math.abs(value) > 0.5));
        actual.values.forEach((value, index) => assert.ok(Math.abs(value - expected.values[index]!) < 1e-5));
      });
    }
  });

  it('doubles a picture as TensorFlow 1 does: every other pixel is the source, the last column is repeated', async () => {
    const picture = { height: 1, width: 2, values: [0, 0, 0, 8, 8, 8] };
    const { shape, values } = await runGraph(picture, (emitter, image) => emitter.resizeBilinear(image, 2, 4));
    assert.deepEqual(shape, [1, 2, 4, 3]);
    assert.deepEqual(
      values.filter((_, index) => index % 3 === 0),
      [0, 4, 8, 8, 0, 4, 8, 8],
    );
  });

  it('multiplies a picture by one value for each channel', async () => {
    const picture = { height: 1, width: 2, values: [1, 2, 3, 3, 4, 5] };
    const { values } = await runGraph(picture, (emitter, image) =>
      emitter.binary('Mul', image, emitter.globalAverage(image)),
    );
    assert.deepEqual(values, [2, 6, 12, 6, 12, 20]);
  });

  it('takes any number of pictures', async () => {
    const picture = { height: 1, width: 1, values: [1, 2, 3, 4, 5, 6] };
    const { shape, values } = await runGraph(picture, (emitter, image) =>
      emitter.concatChannels([image, emitter.activation(emitter.binary('Add', image, -3), 'relu')]),
    );
    assert.deepEqual(shape, [2, 1, 1, 6]);
    assert.deepEqual(values, [1, 2, 3, 0, 0, 0, 4, 5, 6, 1, 2, 3]);
  });

  describe('refuses', () => {
    const refusals: readonly [string, (emitter: Emitter, image: FeatureMap) => FeatureMap, RegExp][] = [
      [
        'a kernel for another number of channels',
        (emitter, image) =>
          emitter.conv2d(image, ones([1, 1, 4, 1]), { strides: [1, 1], dilations: [1, 1], padding: 'same' }),
        /takes 4 channels, there are 3/,
      ],
      [
        'sizes that do not go together',
        (emitter, image) =>
          emitter.binary('Add', image, emitter.pool(image, 'max', [2, 2], { strides: [2, 2], padding: 'same' })),
        /Add of 4x4x3 and 2x2x3/,
      ],
      ['a resize by a broken factor', (emitter, image) => emitter.resizeBilinear(image, 6, 6), /4x4x3 to 6x6/],
      [
        'a window larger than the picture',
        (emitter, image) => emitter.pool(image, 'max', [7, 7], { strides: [1, 1], padding: 'valid' }),
        /window larger than 4x4x3/,
      ],
    ];
    for (const [what, body, message] of refusals) {
      it(what, async () => {
        await assert.rejects(runGraph(plainPicture(4, 4, [0, 0, 0]), body), (error) => {
          assert.ok(error instanceof ModelBuildError);
          assert.equal(error.reason, 'unsupported');
          assert.match(error.message, message);
          return true;
        });
      });
    }
  });
});
