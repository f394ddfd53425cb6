import assert from 'node:assert/strict';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { SharpLookMaker } from '../../../src/adapters/image/sharpLookMaker.ts';
import { DecoderLacks } from '../../../src/core/model/failure.ts';
import { CHROMA_CELLS, LUMA_CELLS } from '../../../src/core/model/look.ts';
import { lookOf } from '../support/lookOf.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { flag, FLAG, jxlHead, noise } from './specimens.ts';

/** The largest difference of any cell. */
const apart = (a: Uint8Array, b: Uint8Array): number => Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 0))));

/** What the JPEG standard's formula makes of a colour. */
function ycc(colour: string): readonly number[] {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
  const y = 0.299 * r + 0.587 * g + 0.114 * b;
  return [y, 128 - 0.168736 * r - 0.331264 * g + 0.5 * b, 128 + 0.5 * r - 0.418688 * g - 0.081312 * b];
}

describe('SharpLookMaker', () => {
  it('tells size, brightness and colours of what is to be seen', async () => {
    const { width, height, hash, pixels } = await lookOf(flag().png());
    assert.deepEqual([width, height], [FLAG.width, FLAG.height]);
    assert.match(hash, /^[0-9a-f]{16}$/);
    assert.equal(pixels.length, LUMA_CELLS + 2 * CHROMA_CELLS);
    FLAG.colours.forEach((colour, stripe) => {
      const luma = pixels[32 * 16 + 5 + 10 * stripe];
      const cell = 16 * 8 + 2 + 5 * stripe;
      const seen = [luma, pixels[LUMA_CELLS + cell], pixels[LUMA_CELLS + CHROMA_CELLS + cell]];
      assert.deepEqual(seen, ycc(colour).map(Math.round), colour);
    });
  });

  it('sees a picture that is stored on its side upright', async () => {
    const upright = await lookOf(flag().png());
    const stored = await flag().rotate(270).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
    const turned = await lookOf(sharp(stored).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }));
    assert.deepEqual([turned.width, turned.height], [FLAG.width, FLAG.height]);
    assert.ok(apart(turned.pixels, upright.pixels) <= 4);
  });

  it('sees transparency on white, the first frame of an animation, and grey as grey', async () => {
    const white = (picture: Sharp): Sharp => picture.flatten({ background: '#fff' });
    const shape = (): Sharp =>
      sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><circle cx="90" cy="90" r="60" fill="#c03020"/></svg>')); // prettier-ignore
    assert.deepEqual(await lookOf(shape().png()), await lookOf(white(shape()).png()));

    const frames = await Promise.all([flag(), noise(90, 60)].map((frame) => frame.png().toBuffer()));
    const animation = await lookOf(sharp(frames, { join: { animated: true } }).webp({ lossless: true }));
    assert.deepEqual(animation, await lookOf(flag().png()));

    const grey = await lookOf(flag().greyscale().png());
    assert.deepEqual(new Set(grey.pixels.subarray(LUMA_CELLS)), new Set([128]));
  });

  it('sees large and small pictures, and strips of a pixel', async () => {
    const large = await lookOf(flag().resize(3001, 2003, { fit: 'fill', kernel: 'nearest' }).jpeg());
    assert.deepEqual([large.width, large.height], [3001, 2003]);
    assert.ok(Math.abs((large.pixels[32 * 16 + 5] ?? 0) - (ycc(FLAG.colours[0])[0] ?? 0)) <= 2);
    for (const [width, height] of [
      [1, 1],
      [5000, 1],
      [1, 5000],
      [7, 3],
    ] as const) {
      // prettier-ignore
      const look = await lookOf(sharp({ create: { width, height, channels: 3, background: '#804020' } }).png());
      assert.deepEqual([look.width, look.height], [width, height]);
      assert.deepEqual(new Set(look.pixels.subarray(0, LUMA_CELLS)), new Set([Math.round(ycc('#804020')[0] ?? 0)]));
    }
  });

  it('fails for the reasons for which decoding fails', async () => {
    const whole = await noise(300, 300).png().toBuffer();
    await assert.rejects(lookOf(whole.subarray(0, 9000)), { name: 'ImageError', reason: 'corrupt' });
    await assert.rejects(lookOf(new Uint8Array()), { name: 'ImageError', reason: 'empty' });
    await assert.rejects(lookOf(jxlHead()), DecoderLacks);
    await using folder = await temporaryFolder();
    const missing = new SharpLookMaker().look(join(folder.path, 'gone 絵.png'));
    await assert.rejects(missing, { name: 'ImageError', reason: 'vanished' });
  });
});
