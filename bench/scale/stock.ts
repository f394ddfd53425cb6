import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { dice } from '../../scripts/samples/dice.ts';

/** Cells of the noise that a picture is blown up from: two pictures have nothing in common. */
const [CELLS_WIDE, CELLS_HIGH] = [12, 9];
const [WIDTH, HEIGHT] = [96, 72];
const PER_FOLDER = 1000;
const AT_ONCE = 64;

/** So many small JPEGs (about 2 KB), each another picture, a thousand a folder; what is there already is kept. */
export async function layStock(folder: string, count: number): Promise<void> {
  for (let first = 0; first < count; first += PER_FOLDER) {
    const to = join(folder, String(first).padStart(6, '0'));
    mkdirSync(to, { recursive: true });
    const there = new Set(readdirSync(to));
    const numbers = Array.from({ length: Math.min(PER_FOLDER, count - first) }, (_, n) => first + n);
    const missing = numbers.filter((n) => !there.has(nameOf(n)));
    for (let i = 0; i < missing.length; i += AT_ONCE) {
      await Promise.all(
        missing.slice(i, i + AT_ONCE).map(async (n) => writeFileSync(join(to, nameOf(n)), await smallPicture(n))),
      );
    }
  }
}

const nameOf = (n: number): string => `picture ${String(n).padStart(6, '0')}.jpg`;

function smallPicture(number: number): Promise<Buffer> {
  const roll = dice(number + 1);
  const noise = Uint8Array.from({ length: CELLS_WIDE * CELLS_HIGH * 3 }, () => Math.floor(roll() * 256));
  return sharp(noise, { raw: { width: CELLS_WIDE, height: CELLS_HIGH, channels: 3 } })
    .resize(WIDTH, HEIGHT)
    .jpeg()
    .toBuffer();
}
