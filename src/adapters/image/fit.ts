import type { Sharp } from 'sharp';
import type { PictureSize } from './decode.ts';

/** RGB with 8 bits, rows of pixels. */
export interface Pixels extends PictureSize {
  readonly pixels: Uint8Array;
}

/** The whole picture as large as a square holds it. However narrow, it has a pixel. @param side of the square, pixels */
export function fittedSize({ width, height }: PictureSize, side: number): PictureSize {
  const scale = side / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The picture, made smaller where the square does not hold it. @param picture as `decode` gives it */
export async function fit(picture: Sharp, size: PictureSize, side: number): Promise<Pixels> {
  const { width, height } = fittedSize(size, Math.min(side, Math.max(size.width, size.height)));
  return { pixels: await picture.resize(width, height, { fit: 'fill' }).raw().toBuffer(), width, height };
}
