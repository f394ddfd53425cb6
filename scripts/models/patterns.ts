/**
 * Pictures for comparing runtimes, drawn by whole-number arithmetic: every machine gets the same pixels, which no
 * decoder, resizer or SVG renderer promises. Some are drawn well enough that the detector finds what they show.
 */
type Rgb = readonly [red: number, green: number, blue: number];
/** x and y run from 0 to 999 whatever the size. */
type Pattern = (x: number, y: number) => Rgb;

export const PATTERN_NAMES = ['noise', 'gradient', 'stopSign', 'clock', 'orange', 'umbrella'] as const;
export type PatternName = (typeof PATTERN_NAMES)[number];

const PATTERNS: Readonly<Record<PatternName, Pattern>> = { noise, gradient, stopSign, clock, orange, umbrella };

/** RGB bytes, row by row: [size, size, 3]. */
export function patternPixels(name: PatternName, size: number): Uint8Array {
  const draw = PATTERNS[name];
  const pixels = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      pixels.set(draw(Math.floor((x * 1000) / size), Math.floor((y * 1000) / size)), (y * size + x) * 3);
    }
  }
  return pixels;
}

/** The finalizer of MurmurHash3 over the position: a seeded generator that needs no state. */
function noise(x: number, y: number): Rgb {
  const seed = 20_240;
  let hash = seed ^ Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return [hash & 255, (hash >>> 8) & 255, (hash >>> 16) & 255];
}

/** Another direction for each channel, so that swapped channels or axes show. */
function gradient(x: number, y: number): Rgb {
  return [x >> 2, y >> 2, (1998 - x - y) >> 3];
}

function stopSign(x: number, y: number): Rgb {
  const dx = Math.abs(x - 500);
  const dy = Math.abs(y - 420);
  const inOctagon = (radius: number): boolean => dx < radius && dy < radius && (dx + dy) * 100 < radius * 141;
  const inLetters = dy < 70 && dx < 190 && x % 95 < 60;
  if (inOctagon(240)) return inLetters ? [250, 250, 250] : [190, 20, 30];
  if (inOctagon(260)) return [250, 250, 250];
  if (y > 600 && dx < 18) return [120, 120, 120];
  return y < 600 ? [150, 180 - (y >> 4), 220 - (y >> 4)] : [90, 120, 60];
}

function clock(x: number, y: number): Rgb {
  const dx = Math.abs(x - 500);
  const dy = Math.abs(y - 500);
  const distance = dx * dx + dy * dy;
  if (distance >= 300 * 300) return [150, 110 - (x >> 5), 80];
  if (distance > 270 * 270) return [40, 30, 30];
  const hands = (dx < 8 && y < 500 && dy < 220) || (dy < 8 && x > 500 && dx < 160);
  // 0.577 is the tangent of 30 degrees, one hour.
  const onHour = [dx, dy, Math.abs(dx * 1000 - dy * 577) / 1000, Math.abs(dy * 1000 - dx * 577) / 1000];
  const marks = distance > 220 * 220 && onHour.some((offset) => offset < 10);
  return hands || marks ? [10, 10, 10] : [245, 243, 235];
}

function orange(x: number, y: number): Rgb {
  const squared = (centerX: number, centerY: number): number => (x - centerX) ** 2 + (y - centerY) ** 2;
  if (squared(500, 550) >= 220 * 220) return [200, 190, 180];
  const shade = Math.floor(squared(420, 470) / 900);
  return [Math.max(90, 255 - shade), Math.max(40, 150 - shade), Math.max(0, 20 - shade)];
}

function umbrella(x: number, y: number): Rgb {
  const inDome = y < 500 && (x - 500) ** 2 + (y - 500) ** 2 < 350 * 350;
  if (inDome) return Math.floor(x / 117) % 2 === 1 ? [200, 30, 40] : [240, 240, 240];
  if (y > 400 && y < 850 && Math.abs(x - 500) < 8) return [60, 60, 60];
  return [130, 170, 220];
}
