import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { SharpUploadMaker } from '../../../src/adapters/image/sharpUploadMaker.ts';
import { DecoderLacks } from '../../../src/core/model/failure.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { flag, flagAsBmp, flagAsHeic, jxlHead, noise } from './specimens.ts';

const NAME = `it's "one" 絵 🌄.png`;

async function uploadOf(bytes: Uint8Array): Promise<Uint8Array> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, NAME);
  await writeFile(path, bytes);
  const upload = await new SharpUploadMaker().makeUpload(path);
  assert.deepEqual(await readFile(path), Buffer.from(bytes), 'the picture itself must stay as it is');
  return upload;
}

describe('SharpUploadMaker', () => {
  it('makes a JPEG whose longest side is 1,000 pixels, in proportion', async () => {
    const { format, width, height } = await sharp(await uploadOf(await noise(1600, 400).png().toBuffer())).metadata();
    assert.deepEqual({ format, width, height }, { format: 'jpeg', width: 1000, height: 250 });
  });

  it('leaves a small picture at its size', async () => {
    const { format, width, height } = await sharp(await uploadOf(await flag().webp().toBuffer())).metadata();
    assert.deepEqual({ format, width, height }, { format: 'jpeg', width: 90, height: 60 });
  });

  it('stays far below 8 MB for the worst picture', async () => {
    const upload = await uploadOf(await noise(1000, 1000).png({ compressionLevel: 1 }).toBuffer());
    assert.ok(upload.length < 2_000_000, `${upload.length} bytes`);
  });

  it('sends no place, camera or name along, and turns the picture upright', async () => {
    const telling = await flag()
      .withMetadata({ orientation: 6, density: 300 })
      .withExifMerge({ IFD0: { Make: 'Camera', Artist: 'Somebody' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- Somebody --></x:xmpmeta>')
      .withIccProfile('p3')
      .jpeg()
      .toBuffer();
    assert.ok(telling.includes('Somebody'));
    const upload = Buffer.from(await uploadOf(telling));
    const { exif, xmp, icc, iptc, orientation, width, height } = await sharp(upload).metadata();
    assert.deepEqual({ exif, xmp, icc, iptc, orientation }, { exif: undefined, xmp: undefined, icc: undefined, iptc: undefined, orientation: undefined }); // prettier-ignore
    assert.deepEqual([width, height], [60, 90]);
    assert.ok(!upload.includes('Somebody'));
  });

  it('makes one of formats that no service takes', async () => {
    const avif = await flag().avif({ effort: 0 }).toBuffer();
    for (const bytes of [avif, await flagAsHeic(), await flagAsBmp(), await flag().tiff().toBuffer()]) {
      const { format, width, height } = await sharp(await uploadOf(bytes)).metadata();
      assert.deepEqual({ format, width, height }, { format: 'jpeg', width: 90, height: 60 });
    }
  });

  it('says when the picture cannot be decoded here', async () => {
    await assert.rejects(uploadOf(jxlHead()), DecoderLacks);
  });
});
