import { fittedSize } from '../image/fit.ts';

/** Where a picture lies in the square that a model wants, its sides in proportion. All in pixels of the square. */
export interface Letterbox {
  readonly side: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** left, top, right, bottom */
export type Corners = readonly [number, number, number, number];
/** left, top, width, height */
export type Box = readonly [number, number, number, number];

/** The whole picture, as large as the square holds it, in the middle. However narrow, it has a pixel. */
export function letterbox(width: number, height: number, side: number): Letterbox {
  const inside = fittedSize({ width, height }, side);
  return { side, left: (side - inside.width) >> 1, top: (side - inside.height) >> 1, ...inside };
}

/** A box in the square as a box in the picture, each number 0 to 1 of it; what lies in the margin is cut off. */
export function boxInPicture([left, top, right, bottom]: Corners, box: Letterbox): Box {
  const x = (at: number): number => clamp((at - box.left) / box.width);
  const y = (at: number): number => clamp((at - box.top) / box.height);
  return [x(left), y(top), Math.max(0, x(right) - x(left)), Math.max(0, y(bottom) - y(top))];
}

/** The picture's pixels in the square. @param pixels RGB rows of `box.width` x `box.height` @param grey of the margin, 0 to 255 */
export function paintLetterbox(pixels: Uint8Array, box: Letterbox, grey: number): Uint8Array {
  const square = new Uint8Array(box.side * box.side * 3).fill(grey);
  const row = box.width * 3;
  for (let y = 0; y < box.height; y++) {
    square.set(pixels.subarray(y * row, (y + 1) * row), ((box.top + y) * box.side + box.left) * 3);
  }
  return square;
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share));
