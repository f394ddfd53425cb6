import { introducer, FINALIZER, sixelEncode } from 'sixel';
import type { ScreenPicture } from '../../core/ports/screenPicture.ts';

/** As many colours as terminals have registers for. */
export const SIXEL_COLORS = 256;

/**
 * Sixel (DEC STD 070; https://vt100.net/docs/vt3xx-gp/chapter14.html), encoded by the library of xterm.js. Its own choice of
 * colours makes one of two that are as frequent as each other, so the picture comes with its colours chosen.
 * @param picture of `SIXEL_COLORS` colours at most
 */
export function sixelImage({ rgb, width, height }: ScreenPicture): string {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const palette = new Map<number, [number, number, number]>();
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    const [r, g, b] = [rgb[from] ?? 0, rgb[from + 1] ?? 0, rgb[from + 2] ?? 0];
    rgba.set([r, g, b, 255], to);
    palette.set((r << 16) | (g << 8) | b, [r, g, b]);
  }
  return introducer(1) + sixelEncode(rgba, width, height, [...palette.values()]) + FINALIZER;
}
