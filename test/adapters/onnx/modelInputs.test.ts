import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelInputs, type ModelInputs } from '../../../src/adapters/onnx/modelInputs.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { flag } from '../image/specimens.ts';

async function inputsOf(bytes: Uint8Array): Promise<ModelInputs> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, `it's "one" 絵 🌄 [1].png`);
  await writeFile(path, bytes);
  return await modelInputs(path);
}

/** which of red, green and blue is the strongest, or that there is none */
function colourAt(pixels: Uint8Array, side: number, x: number, y: number): string {
  const [red = 0, green = 0, blue = 0] = pixels.subarray((y * side + x) * 3);
  if (red + green + blue === 0) return 'black';
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
});
