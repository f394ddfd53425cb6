import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { decode, type PictureSize } from '../../../src/adapters/image/decode.ts';
import { DecoderLacks, ImageError, type FailureReason } from '../../../src/core/model/failure.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { flag, FLAG, flagAsBmp, flagAsHeic, heicHead, jxlHead, noise, pngOfBlack } from './specimens.ts';

interface Seen {
  readonly size: PictureSize;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly at: (x: number, y: number) => readonly [red: number, green: number, blue: number];
}

async function see(path: string): Promise<Seen> {
  return decode(path, async (picture, size) => {
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    const at: Seen['at'] = (x, y) => {
      const start = (y * info.width + x) * info.channels;
      return [data[start] ?? -1, data[start + 1] ?? -1, data[start + 2] ?? -1];
    };
    return { size, width: info.width, height: info.height, channels: info.channels, at };
  });
}

/** Decodes bytes that stand in a file with a difficult name. */
async function seeBytes(bytes: Uint8Array, name = `it's "one" 絵 🌄 [1]`): Promise<Seen> {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, name), bytes);
  return await see(join(folder.path, name));
}

/** Every codec that loses something stays within this of the colour; printing inks have no such green and blue. */
const NEAR = 40;
const NEAR_IN_PRINT = 110;
function assertColour(actual: readonly number[], expected: string, message: string, near = NEAR): void {
  const wanted = [1, 3, 5].map((i) => parseInt(expected.slice(i, i + 2), 16));
  const isNear = wanted.every((value, i) => Math.abs(value - (actual[i] ?? Infinity)) <= near);
  assert.ok(isNear, `${message}: ${actual.join(', ')} is not ${wanted.join(', ')}`);
}

function assertFlag(seen: Seen, what: string, near = NEAR): void {
  const { width, height, channels } = seen;
  assert.deepEqual({ width, height, channels }, { width: FLAG.width, height: FLAG.height, channels: 3 }, what);
  FLAG.colours.forEach((colour, i) => assertColour(seen.at(15 + 30 * i, 30), colour, `${what}, stripe ${i}`, near));
}

async function assertFails(work: Promise<unknown>, reason: FailureReason, message: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof ImageError, String(error));
    assert.equal(error.reason, reason);
    assert.match(error.message, message);
    return true;
  });
}

describe('decode', () => {
  const formats: Readonly<Record<string, () => Promise<Buffer>>> = {
    JPEG: () => flag().jpeg({ quality: 95 }).toBuffer(),
    'progressive JPEG': () => flag().jpeg({ quality: 95, progressive: true }).toBuffer(),
    'CMYK JPEG': () => flag().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(),
    PNG: () => flag().png().toBuffer(),
    'PNG with a palette': () => flag().png({ palette: true }).toBuffer(),
    '16-bit PNG': () => flag().toColourspace('rgb16').png().toBuffer(),
    'PNG with a wide-gamut profile': () => flag().withIccProfile('p3').png().toBuffer(),
    'lossy WebP': () => flag().webp({ quality: 95 }).toBuffer(),
    'lossless WebP': () => flag().webp({ lossless: true }).toBuffer(),
    GIF: () => flag().gif().toBuffer(),
    AVIF: () => flag().avif({ quality: 90, effort: 0 }).toBuffer(),
    HEIC: flagAsHeic,
    BMP: flagAsBmp,
    TIFF: () => flag().tiff({ compression: 'lzw' }).toBuffer(),
    '16-bit TIFF': () => flag().toColourspace('rgb16').tiff({ compression: 'deflate' }).toBuffer(),
  };
  for (const [format, make] of Object.entries(formats)) {
    it(`reads ${format} as upright sRGB with three channels of 8 bits`, async () => {
      assertFlag(await seeBytes(await make()), format, format.startsWith('CMYK') ? NEAR_IN_PRINT : NEAR);
    });
  }

  it('reads greyscale with three equal channels', async () => {
    for (const grey of [
      await flag().toColourspace('b-w').jpeg().toBuffer(),
      await flag().toColourspace('b-w').png().toBuffer(),
      await flag().toColourspace('grey16').png().toBuffer(),
    ]) {
      const seen = await seeBytes(grey);
      assert.equal(seen.channels, 3);
      const [red, green, blue] = seen.at(15, 30);
      assert.deepEqual([green, blue], [red, red]);
      assert.ok(red > 20 && red < 235);
    }
  });

  it('shows the first of several frames', async () => {
    const frames = await Promise.all(
      FLAG.colours.map((background) =>
        sharp({ create: { width: 20, height: 10, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const joined = sharp(frames, { join: { animated: true } });
    for (const animated of [await joined.gif().toBuffer(), await joined.webp({ quality: 95 }).toBuffer()]) {
      const seen = await seeBytes(animated);
      assert.deepEqual(seen.size, { width: 20, height: 10 });
      assert.deepEqual([seen.width, seen.height], [20, 10]);
      assertColour(seen.at(10, 5), FLAG.colours[0], 'first frame');
    }
  });

  it('turns a picture as its EXIF orientation says, and gives its size so', async () => {
    // 6: to be turned clockwise, so that the left side comes to the top
    const seen = await seeBytes(await flag().withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer());
    assert.deepEqual(seen.size, { width: FLAG.height, height: FLAG.width });
    assert.deepEqual([seen.width, seen.height], [FLAG.height, FLAG.width]);
    FLAG.colours.forEach((colour, i) => assertColour(seen.at(30, 15 + 30 * i), colour, `turned stripe ${i}`));
  });

  it('puts transparency on white', async () => {
    const glass = sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
    for (const bytes of [
      await glass.clone().png().toBuffer(),
      await glass.clone().webp({ lossless: true }).toBuffer(),
      await glass.clone().gif().toBuffer(),
    ]) {
      const seen = await seeBytes(bytes);
      assert.equal(seen.channels, 3);
      assert.deepEqual(seen.at(4, 4), [255, 255, 255]);
    }
  });

  it('reads a file whatever its name looks like to libvips', async () => {
    const png = await flag().png().toBuffer();
    for (const name of ['photo [1]', 'a.png[page=3]', '-o', '%d.png', `"q" 'q' 夏 🌄.jpeg`]) {
      assertFlag(await seeBytes(png, name), name);
    }
  });

  it('fails what is cut off as corrupt, and says how the decoder put it', async () => {
    for (const [format, bytes] of Object.entries({
      png: await noise(200, 150).png().toBuffer(),
      jpeg: await noise(200, 150).jpeg().toBuffer(),
      webp: await noise(200, 150).webp().toBuffer(),
      gif: await noise(200, 150).gif().toBuffer(),
      avif: await noise(200, 150).avif({ effort: 0 }).toBuffer(),
      tiff: await noise(200, 150).tiff().toBuffer(),
    })) {
      for (const share of [0.5, 0.97]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        await assertFails(seeBytes(cut), 'corrupt', /^The picture can't be decoded: [^\n]+[^.\s]\.$/).catch(
          (error: unknown) => assert.fail(`${format} cut at ${share}: ${String(error)}`),
        );
      }
    }
  });

  it('fails a damaged HEIC as corrupt, and decodes the next one', async () => {
    const whole = await flagAsHeic();
    await assertFails(seeBytes(heicHead()), 'corrupt', /can't be decoded: heif: there is no whole picture/);
    for (const length of [whole.length - 200, whole.length >> 1, 100]) {
      await assertFails(seeBytes(whole.subarray(0, length)), 'corrupt', /can't be decoded: heif/);
    }
    assertFlag(await seeBytes(whole), 'HEIC');
  });

  it('fails pixels that do not add up as corrupt', async () => {
    const png = await noise(200, 150).png().toBuffer();
    png.fill(0x5a, png.length >> 1, (png.length >> 1) + 200);
    await assertFails(seeBytes(png), 'corrupt', /png/);
  });

  it('reads JPEGs that are a little odd but that every viewer shows', async () => {
    const jpeg = await flag().jpeg({ quality: 95 }).toBuffer();
    const [start, rest] = [jpeg.subarray(0, 2), jpeg.subarray(2)];
    const segment = (marker: number, text: string): Buffer =>
      Buffer.concat([Buffer.from([0xff, marker, 0, text.length + 2]), Buffer.from(text, 'latin1')]);
    for (const [oddity, bytes] of Object.entries({
      'bytes between segments': [start, Buffer.alloc(16), rest],
      'an Adobe transform that nobody knows': [start, segment(0xee, 'Adobe\0d\0\0\0\0\x09'), rest],
      'broken EXIF': [start, segment(0xe1, 'Exif\0\0\x01\x02\x03\x04\x05\x06\x07\x08'), rest],
      'a broken colour profile': [start, segment(0xe2, 'ICC_PROFILE\0\x01\x01abcdefgh'), rest],
      'a maker’s bytes behind the end': [jpeg, Buffer.alloc(500, 7)],
    })) {
      const seen = await seeBytes(Buffer.concat(bytes));
      assert.deepEqual([seen.width, seen.height], [FLAG.width, FLAG.height], oddity);
    }
  });

  it('fails text as corrupt and nothing as empty', async () => {
    await assertFails(seeBytes(Buffer.from('This is a letter, not a picture.')), 'corrupt', /unsupported image format/);
    await assertFails(seeBytes(Buffer.alloc(0)), 'empty', /empty/);
  });

  it('refuses a bomb of 20,000 x 20,000 pixels by its size, without decoding it', async () => {
    const bomb = pngOfBlack(20_000, 20_000);
    assert.ok(bomb.length < 100_000, `${bomb.length} bytes`);
    await assertFails(seeBytes(bomb), 'too-large', /20000 x 20000 pixels \(400 MP\); at most 268 MP/);
  });

  it('refuses a BMP of 20,000 x 20,000 pixels by its size', async () => {
    const bomb = await flagAsBmp();
    bomb.writeInt32LE(20_000, 18);
    bomb.writeInt32LE(20_000, 22);
    await assertFails(seeBytes(bomb), 'too-large', /20000 x 20000 pixels/);
  });

  it('tells a file that is gone from one that cannot be read', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, '消えた 🌄.png');
    await assertFails(see(path), 'vanished', /gone/);
    await mkdir(path);
    await assertFails(see(path), 'unreadable', /EISDIR/);
    await rm(path, { recursive: true });
  });

  it('says that the installed decoder lacks JPEG XL, in the same words for each file', async () => {
    for (const name of ['a.jpg', 'b 絵.png']) {
      await assert.rejects(seeBytes(jxlHead(), name), (error) => {
        assert.ok(error instanceof DecoderLacks, String(error));
        assert.equal(error.message, 'The installed decoder does not read JPEG XL');
        return true;
      });
    }
  });
});
