import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { modelInputs, type ModelInputs } from '../../../src/adapters/onnx/modelInputs.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { flag } from '../image/specimens.ts';
import pillow from './goldens/pillowSquare.json' with { type: 'json' };

async function inputsOf(bytes: Uint8Array, taggerSide?: number): Promise<ModelInputs> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, `it's "one" 絵 🌄 [1].png`);
  await writeFile(path, bytes);
  return await modelInputs(path, taggerSide);
}

/** which of red, green and blue is the strongest, or that there is none */
function colourAt(pixels: Uint8Array, side: number, x: number, y: number): string {
  const [red = 0, green = 0, blue = 0] = pixels.subarray((y * side + x) * 3);
  if (red + green + blue === 0) return 'black';
  if (red > 250 && green > 250 && blue > 250) return 'white';
  return red > green && red > blue ? 'red' : green > blue ? 'green' : 'blue';
}

describe('modelInputs', () => {
  it('gives the detector the picture in proportion, on black, in RGB', async () => {
    const { size, detector, box } = await inputsOf(await flag().png().toBuffer());
    assert.deepEqual(size, { width: 90, height: 60 });
    assert.deepEqual(box, { side: 512, left: 0, top: 85, width: 512, height: 341 });
    assert.equal(detector.length, 512 * 512 * 3);
    const colours = (y: number) => [85, 256, 427].map((x) => colourAt(detector, 512, x, y));
    assert.deepEqual(colours(84), ['black', 'black', 'black']);
    assert.deepEqual(colours(85), ['red', 'green', 'blue']);
    assert.deepEqual(colours(425), ['red', 'green', 'blue']);
    assert.deepEqual(colours(426), ['black', 'black', 'black']);
  });

  it('gives the classifier the picture from edge to edge', async () => {
    const { classifier } = await inputsOf(await flag().png().toBuffer());
    assert.equal(classifier.length, 224 * 224 * 3);
    for (const y of [0, 112, 223]) {
      assert.deepEqual(
        [0, 37, 112, 187, 223].map((x) => colourAt(classifier, 224, x, y)),
        ['red', 'red', 'green', 'blue', 'blue'],
      );
    }
  });

  it('turns both as EXIF says', async () => {
    const { size, detector, classifier, box } = await inputsOf(
      await flag().withMetadata({ orientation: 6 }).png().toBuffer(),
    );
    assert.deepEqual(size, { width: 60, height: 90 });
    assert.deepEqual([box.width, box.height], [341, 512]);
    assert.deepEqual(
      [85, 256, 427].map((y) => colourAt(detector, 512, 256, y)),
      ['red', 'green', 'blue'],
    );
    assert.deepEqual(
      [37, 112, 187].map((y) => colourAt(classifier, 224, 112, y)),
      ['red', 'green', 'blue'],
    );
  });

  it('takes a picture that is one pixel high', async () => {
    const { size, box } = await inputsOf(await flag().resize(4000, 1, { fit: 'fill' }).png().toBuffer());
    assert.deepEqual(size, { width: 4000, height: 1 });
    assert.deepEqual([box.width, box.height], [512, 1]);
  });

  describe('for a tagger', () => {
    for (const side of [448, 512, 768]) {
      it(`gives the picture in proportion, on white, in RGB, at ${side} pixels`, async () => {
        const { tagger, detector, classifier } = await inputsOf(await flag().png().toBuffer(), side);
        assert.equal(tagger.length, 1);
        const [pixels = new Uint8Array()] = tagger;
        assert.equal(pixels.length, side * side * 3);
        const colours = (share: number) =>
          [1 / 6, 1 / 2, 5 / 6].map((x) => colourAt(pixels, side, Math.floor(x * side), Math.floor(share * side)));
        assert.deepEqual(colours(0.15), ['white', 'white', 'white']);
        for (const y of [0.18, 0.5, 0.82]) assert.deepEqual(colours(y), ['red', 'green', 'blue']);
        assert.deepEqual(colours(0.85), ['white', 'white', 'white']);
        // and the other models' pictures are as they are without a tagger
        assert.equal(colourAt(detector, 512, 256, 84), 'black');
        assert.equal(colourAt(detector, 512, 256, 86), 'green');
        assert.equal(colourAt(classifier, 224, 0, 0), 'red');
      });
    }

    it('gives none where there is no tagger', async () => {
      assert.deepEqual((await inputsOf(await flag().png().toBuffer())).tagger, []);
    });

    it('shows what is transparent as white', async () => {
      const create = { width: 40, height: 40, channels: 4, background: '#00000000' } as const;
      const { tagger } = await inputsOf(await sharp({ create }).png().toBuffer(), 64);
      assert.deepEqual(new Set(tagger[0]), new Set([255]));
    });

    it('comes close to what the taggers are fed elsewhere, which is Pillow’s work', async () => {
      const { width, height, png, side, square } = pillow;
      const { size, tagger } = await inputsOf(Buffer.from(png, 'base64'), side);
      assert.deepEqual(size, { width, height });
      const expected = Buffer.from(square, 'base64');
      const sum = expected.reduce((all, value, i) => all + Math.abs(value - (tagger[0]?.[i] ?? NaN)), 0);
      assert.ok(sum / expected.length < 2, `${sum / expected.length} grey levels away on average`);
    });

    it('gives a spread of an animation’s frames', async () => {
      const { tagger, size } = await inputsOf(
        await animation(['#f00', '#0f0', '#00f', '#f00', '#0f0', '#00f', '#000']),
        32,
      );
      assert.deepEqual(size, { width: 40, height: 20 });
      assert.deepEqual(
        tagger.map((pixels) => colourAt(pixels, 32, 16, 16)),
        ['red', 'blue', 'green', 'black'],
      );
      assert.equal((await inputsOf(await animation(['#f00', '#00f']), 32)).tagger.length, 2);
    });

    it('takes a broken animation as far as it goes', async () => {
      const whole = await animation(['#f00', '#0f0', '#00f', '#fff']);
      const { tagger } = await inputsOf(whole.subarray(0, whole.length - 60), 32);
      assert.equal(colourAt(tagger[0] ?? new Uint8Array(), 32, 16, 16), 'red');
      assert.ok(tagger.length < 4);
    });
  });
});

/** A GIF of 40 x 20 with one frame for each colour. */
async function animation(colours: readonly string[]): Promise<Buffer> {
  const frames = await Promise.all(
    colours.map((background) =>
      sharp({ create: { width: 40, height: 20, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
}
