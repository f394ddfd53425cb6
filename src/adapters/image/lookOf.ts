import { CHROMA_CELLS, LUMA_CELLS, LUMA_SIDE, type Look } from '../../core/model/look.ts';
import { cellMeans, halved } from './cellMeans.ts';
import type { PictureSize } from './decode.ts';
import type { Pixels } from './fit.ts';
import { perceptualHash } from './perceptualHash.ts';

/** A picture is looked at in a square of so many pixels a side: 16 for a cell, and what the detector of persons gets, too. */
export const LOOK_SIDE = 512;

/**
 * How a picture looks.
 * @param fitted the picture in a square of LOOK_SIDE
 * @param size of the picture itself
 */
export function lookOf(fitted: Pixels, { width, height }: PictureSize): Look {
  const fine = cellMeans(fitted.pixels, fitted.width, fitted.height, LUMA_SIDE);
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
  return { width, height, hash: perceptualHash(luma), pixels: new Uint8Array(pixels.buffer) };
}

/** Y of JFIF's YCbCr (ITU-R BT.601, full range). */
function lumaOf(rgb: Float64Array): Float64Array {
  const luma = new Float64Array(rgb.length / 3);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = 0.299 * (rgb[3 * i] ?? 0) + 0.587 * (rgb[3 * i + 1] ?? 0) + 0.114 * (rgb[3 * i + 2] ?? 0);
  }
  return luma;
}
