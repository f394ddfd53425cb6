import { CHROMA_CELLS, CHROMA_SIDE, LUMA_CELLS, LUMA_SIDE, type Look } from '../model/look.ts';
import { bitsApart32, wordsOf } from './bitsApart.ts';
import { contrastAt } from './contrast.ts';
import { isTelling } from './isTelling.ts';

/** Of 64. Copies measured: 4 and, with a row of pixels cut off, up to 8; unrelated pictures nearly always over 16. */
export const MOST_BITS = 8;

/** Of the ratio of width to height, beside the one pixel that rounding or a cut takes. */
const RATIO_LIMIT = 0.005;

/**
 * How far a cell may be off, of 255, and where the cells of that kind begin. Measured on luma: recompressed and scaled copies 2,
 * sharpened ones up to 10; the same drawing with other eyes 16 and more, another mouth of a small figure from 3 on. On chroma:
 * 2, small copies of quality 50 up to 6; other colours of the eyes from 5 on. A copy that is over it costs one more search, a
 * sibling that is under it gets wrong tags.
 */
const PLANES = [
  { first: 0, side: LUMA_SIDE, limit: 7 },
  { first: LUMA_CELLS, side: CHROMA_SIDE, limit: 4 },
  { first: LUMA_CELLS + CHROMA_CELLS, side: CHROMA_SIDE, limit: 4 },
] as const;

/** The largest difference of a cell. */
const FULL_RANGE = 255;

/** So that what a shift excuses stays a part of the contrast, however small the picture is. */
const LARGEST_SHIFT = 0.3;

/**
 * How alike two pictures are, if one is a near copy of the other: re-encoded, scaled, sharpened a little, with a row of pixels
 * cut off. It is 1 less the mean difference, which is small (measured 0.001, one in a hundred 0.007). Undefined for all others, though they may be much alike: the same drawing with another
 * expression, colour or text, mirrored or cut; and for pictures too plain or too small to tell.
 *
 * The largest local difference decides, since what tells two drawings of one set apart is small. Where the picture changes
 * from cell to cell, a cell may be off by what a shift of one pixel (of the smaller picture) makes there: no two programs
 * place the pixels of a scaled copy alike.
 */
export function likeness(a: Look, b: Look): number | undefined {
  const shorter = Math.min(a.width, a.height, b.width, b.height);
  if (Math.abs((a.width * b.height) / (a.height * b.width) - 1) > RATIO_LIMIT + 1 / shorter) return undefined;
  const [high, low] = wordsOf(a.hash);
  const [otherHigh, otherLow] = wordsOf(b.hash);
  if (bitsApart32(high, otherHigh) + bitsApart32(low, otherLow) > MOST_BITS) return undefined;

  const shift = Math.min(LUMA_SIDE / shorter, LARGEST_SHIFT);
  let sum = 0;
  for (const { first, side, limit } of PLANES) {
    for (let cell = 0; cell < side * side; cell++) {
      const difference = Math.abs((a.pixels[first + cell] ?? 0) - (b.pixels[first + cell] ?? 0));
      sum += difference;
      if (difference <= limit) continue;
      const contrast = Math.min(contrastAt(a.pixels, first, side, cell), contrastAt(b.pixels, first, side, cell));
      if (difference > limit + shift * contrast) return undefined;
    }
  }
  if (!isTelling(a) || !isTelling(b)) return undefined;
  return Math.max(0, 1 - sum / (LUMA_CELLS + 2 * CHROMA_CELLS) / FULL_RANGE);
}
