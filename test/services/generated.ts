import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { dice } from '../../scripts/samples/dice.ts';
import { pictureHash } from './pictureHash.ts';
import type { Post } from './posts.ts';

const width = 1200;
const height = 840;

/** A JPEG of about a megapixel (1200 x 840) with shapes and colours of its own; the same number gives the same one. */
export function generatePicture(number: number): Promise<Buffer> {
  const roll = dice(number + 1);
  const at = (size: number): string => (roll() * size).toFixed(0);
  const colour = (): string => `hsl(${at(360)} ${30 + Math.floor(roll() * 60)}% ${20 + Math.floor(roll() * 60)}%)`;
  const shapes = Array.from({ length: 40 }, (_, i) => {
    const look = `fill="${colour()}" stroke="${colour()}" stroke-width="${at(12)}" opacity="${(0.5 + roll() / 2).toFixed(2)}"`;
    // Large shapes first: they decide the low frequencies, by which pictures are told apart.
    const size = i < 8 ? 520 : 160;
    return i % 2 === 0
      ? `<ellipse cx="${at(width)}" cy="${at(height)}" rx="${at(size)}" ry="${at(size)}" ${look}/>`
      : `<path d="M${at(width)} ${at(height)} L${at(width)} ${at(height)} L${at(width)} ${at(height)} Z" ${look}/>`;
  }).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="${colour()}"/>${shapes}</svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toBuffer();
}

const words = {
  general: [
    '1girl',
    '1boy',
    'blue_eyes',
    'green_eyes',
    'long_hair',
    'short_hair',
    'smile',
    'solo',
    'hat',
    'night',
    'sunset',
    'scenery',
    'umbrella',
    'school_uniform',
    '^_^',
    'looking_at_viewer',
    'cloud',
    'flower',
    'book',
    'glasses',
  ],
  character: [
    'aoi_hoshino_(starlit_harbor)',
    'mika_tachibana_(starlit_harbor)',
    'linnea_(moon/atelier)',
    'countess_eris',
  ],
  copyright: ['starlit_harbor', 'moon/atelier', 'original'],
  artist: ['inkwell_otter', 'velvet_quill', 'nine_herons', "don't_wake_me"],
} as const;

const ratings = ['g', 'g', 'g', 's', 's', 'q', 'e'] as const;

/** A made-up post about any picture; the same number gives the same tags. Decodes the picture for its hash. */
export async function generatePost(number: number, picture: Buffer): Promise<Post> {
  const roll = dice(number + 1_000_003);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)]!;
  const general = words.general.filter(() => roll() < 0.4);
  const { width: w, height: h } = await sharp(picture).metadata();
  return {
    sites: { danbooru: 99_200_000 + number, gelbooru: 99_800_000 + number },
    md5: createHash('md5').update(picture).digest('hex'),
    hash: await pictureHash(picture),
    extension: 'jpg',
    bytes: picture.length,
    width: w,
    height: h,
    rating: pick(ratings),
    tags: {
      general,
      character: [pick(words.character)],
      copyright: [pick(words.copyright)],
      artist: [pick(words.artist)],
      meta: ['highres'],
    },
    source: '',
    status: 'active',
    createdAt: '2024-06-01T12:00:00.000-04:00',
    foundBy: ['danbooru-iqdb', 'saucenao', 'iqdb'],
  };
}
