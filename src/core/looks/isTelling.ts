import { LUMA_CELLS, LUMA_SIDE, type Look } from '../model/look.ts';
import { contrastAt } from './contrast.ts';

/** Scaled copies of tinier pictures agree only where nothing is to be seen. */
const SHORTEST_SIDE = 64;

/** Above what compression and scaling make of a plain or shaded area. */
const DISTINCT = 20;

/** One in sixteen. Drawings and photographs measured: 73 to 900; a word on a white page 27, a dot 20, a gradient 0. */
const LEAST_CELLS = LUMA_CELLS / 16;

/**
 * Whether there is enough to be seen for agreement to mean anything: white pages, gradients, and pages with a word or a dot
 * look like others of their sort.
 */
export function isTelling({ width, height, pixels }: Look): boolean {
  if (Math.min(width, height) < SHORTEST_SIDE) return false;
  let cells = 0;
  for (let cell = 0; cell < LUMA_CELLS; cell++) {
    if (contrastAt(pixels, 0, LUMA_SIDE, cell) > DISTINCT && ++cells >= LEAST_CELLS) return true;
  }
  return false;
}
