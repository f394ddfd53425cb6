import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { SharpUploadMaker } from '../../src/adapters/image/sharpUploadMaker.ts';
import { dice } from '../../scripts/samples/dice.ts';
import { generatePost } from '../services/generated.ts';
import type { Post } from '../services/posts.ts';

/** How the services know a picture: by its bytes, by its look alone, or not at all. */
export type Fame = 'bytes' | 'look' | 'unknown';

/** One picture of the inbox, and the truth about it. */
export interface Specimen {
  readonly name: string;
  readonly sha256: string;
  readonly md5: string;
  /** of the reduced copy that is sent to services */
  readonly upload: string;
  readonly fame: Fame;
  /** undefined when nobody knows it */
  readonly post?: Post;
}

const [WIDTH, HEIGHT] = [256, 192];
const FAMES: readonly Fame[] = ['bytes', 'bytes', 'look', 'bytes', 'unknown'];
const NAMES = ['plain', "it's quoted", '画像', 'émoji 🌸', 'two  spaces'];

/** Writes so many small pictures, each another one, into a folder. The same number gives the same one. */
export async function writeSpecimens(folder: string, count: number): Promise<readonly Specimen[]> {
  const specimens: Specimen[] = [];
  const maker = new SharpUploadMaker();
  for (let n = 0; n < count; n++) {
    const format = (['jpg', 'png', 'webp'] as const)[n % 3] ?? 'jpg';
    const bytes = await smallPicture(n, format);
    const name = `${String(n).padStart(4, '0')} ${NAMES[n % NAMES.length]}.${format}`;
    const path = join(folder, name);
    writeFileSync(path, bytes);
    const fame = FAMES[n % FAMES.length] ?? 'unknown';
    const made = fame === 'unknown' ? undefined : await generatePost(n, bytes);
    // the booru has another file of the same picture
    const post = made && fame === 'look' ? { ...made, md5: digest('md5', Buffer.from(name)) } : made;
    specimens.push({
      name,
      sha256: digest('sha256', bytes),
      md5: digest('md5', bytes),
      upload: digest('sha256', Buffer.from(await maker.makeUpload(path))),
      fame,
      ...(post && { post }),
    });
  }
  return specimens;
}

export const digest = (algorithm: 'md5' | 'sha256', bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

function smallPicture(number: number, format: 'jpg' | 'png' | 'webp'): Promise<Buffer> {
  const roll = dice(number + 1);
  const at = (size: number): string => (roll() * size).toFixed(0);
  const colour = (): string => `hsl(${at(360)} ${30 + Math.floor(roll() * 60)}% ${20 + Math.floor(roll() * 60)}%)`;
  const shapes = Array.from({ length: 14 }, (_, i) => {
    const size = i < 6 ? 110 : 40;
    return `<ellipse cx="${at(WIDTH)}" cy="${at(HEIGHT)}" rx="${at(size)}" ry="${at(size)}" fill="${colour()}"/>`;
  }).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><rect width="${WIDTH}" height="${HEIGHT}" fill="${colour()}"/>${shapes}</svg>`;
  const picture = sharp(Buffer.from(svg));
  return (format === 'jpg' ? picture.jpeg() : format === 'png' ? picture.png() : picture.webp()).toBuffer();
}
