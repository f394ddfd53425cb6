import type { ScreenPicture } from '../../core/ports/screenPicture.ts';

/** `true`: 16 million colours; `256`: the palette of xterm. */
export type ColorDepth = 'true' | '256';

type Rgb = readonly [number, number, number];

/**
 * Rows of `▀`, each cell two pixels: the upper one its text colour, the lower one its background (ECMA-48 SGR 38 and 48). A
 * colour is set only where it changes.
 */
export function halfBlockRows({ rgb, width, height }: ScreenPicture, depth: ColorDepth): readonly string[] {
  const pixel = (x: number, y: number): Rgb => {
    const at = (y * width + x) * 3;
    return [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0];
  };
  const rows: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let row = '';
    let colors = '';
    for (let x = 0; x < width; x++) {
      // an odd last row has no lower half
      const lower = y + 1 < height ? `;48;${colorCode(pixel(x, y + 1), depth)}` : ';49';
      const wanted = `\u001b[38;${colorCode(pixel(x, y), depth)}${lower}m`;
      if (wanted !== colors) row += wanted;
      colors = wanted;
      row += '▀';
    }
    rows.push(`${row}\u001b[0m`);
  }
  return rows;
}

function colorCode([r, g, b]: Rgb, depth: ColorDepth): string {
  if (depth === 'true') return `2;${r};${g};${b}`;
  return `5;${paletteIndex(r, g, b)}`;
}

/** Levels of the colour cube in xterm's palette (16 to 231); 232 to 255 are greys from 8 in steps of 10. */
const LEVELS = [0, 95, 135, 175, 215, 255] as const;

function paletteIndex(r: number, g: number, b: number): number {
  const [i, j, k] = [nearestLevel(r), nearestLevel(g), nearestLevel(b)];
  const cube = distance([LEVELS[i] ?? 0, LEVELS[j] ?? 0, LEVELS[k] ?? 0], [r, g, b]);
  const step = Math.max(0, Math.min(23, Math.round(((r + g + b) / 3 - 8) / 10)));
  const grey = 8 + 10 * step;
  return distance([grey, grey, grey], [r, g, b]) < cube ? 232 + step : 16 + 36 * i + 6 * j + k;
}

function nearestLevel(value: number): number {
  let best = 0;
  LEVELS.forEach((level, i) => {
    if (Math.abs(level - value) < Math.abs((LEVELS[best] ?? 0) - value)) best = i;
  });
  return best;
}

const distance = (a: Rgb, b: Rgb): number => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
