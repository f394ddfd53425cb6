import { CHROMA_CELLS, LUMA_CELLS, LUMA_SIDE, type Look } from '../../core/model/look.ts';
import type { LookMaker } from '../../core/ports/lookMaker.ts';
import { cellMeans, halved } from './cellMeans.ts';
import { decode } from './decode.ts';
import { perceptualHash } from './perceptualHash.ts';

/** Enough for 19 pixels a cell, and few enough to be cheap: a JPEG of a camera is decoded at a quarter or half its size. */
const LONGEST_SIDE = 600;

/** Looks at pictures with sharp. */
export class SharpLookMaker implements LookMaker {
  async look(path: string): Promise<Look> {
    const { size, data, info } = await decode(path, async (picture, size) => ({
      size,
      ...(await picture
        // fastShrinkOnLoad would leave the JPEG decoder's shrunken pixels as they are, of which the last may be a part only
        .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: 'inside', withoutEnlargement: true, fastShrinkOnLoad: false })
        .raw()
        .toBuffer({ resolveWithObject: true })),
    }));
    const fine = cellMeans(data, info.width, info.height, LUMA_SIDE);
    const luma = lumaOf(fine);
    // CHROMA_SIDE is half of LUMA_SIDE
    const coarse = halved(fine, LUMA_SIDE);
    const coarseLuma = lumaOf(coarse);
    // rounds, and keeps within 0 to 255
    const pixels = new Uint8ClampedArray(LUMA_CELLS + 2 * CHROMA_CELLS);
    pixels.set(luma);
    for (const [i, y] of coarseLuma.entries()) {
      const red = coarse[3 * i] ?? 0;
      const blue = coarse[3 * i + 2] ?? 0;
      pixels[LUMA_CELLS + i] = 128 + (blue - y) / 1.772;
      pixels[LUMA_CELLS + CHROMA_CELLS + i] = 128 + (red - y) / 1.402;
    }
    return {
      width: size.width,
      height: size.height,
      hash: perceptualHash(luma),
      pixels: new Uint8Array(pixels.buffer),
    };
  }
}

/** Y of JFIF's YCbCr (ITU-R BT.601, full range). */
function lumaOf(rgb: Float64Array): Float64Array {
  const luma = new Float64Array(rgb.length / 3);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = 0.299 * (rgb[3 * i] ?? 0) + 0.587 * (rgb[3 * i + 1] ?? 0) + 0.114 * (rgb[3 * i + 2] ?? 0);
  }
  return luma;
}
