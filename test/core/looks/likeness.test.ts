import assert from 'node:assert/strict';
import sharp, { type Sharp } from 'sharp';
import { harborNight } from '../../../scripts/samples/backgrounds.ts';
import { character, type Look as Drawn } from '../../../scripts/samples/character.ts';
import { glasses, hairBow, sailorUniform } from '../../../scripts/samples/outfits.ts';
import { likeness } from '../../../src/core/looks/likeness.ts';
import type { Look } from '../../../src/core/model/look.ts';
import { lookOf } from '../../adapters/support/lookOf.ts';
import { generatePicture } from '../../services/generated.ts';
import { sampleInbox } from '../../services/samplePosts.ts';

const girl: Drawn = {
  hair: { light: '#8fb8ff', base: '#3f63c9', dark: '#1b2768' },
  style: 'long',
  eye: { light: '#9fe6ff', base: '#2f8fe0', dark: '#0d2c6b' },
  eyes: 'open',
  skin: { light: '#fff1e6', base: '#ffe2d0', dark: '#e9a994' },
  mouth: 'smile',
  outfit: sailorUniform('#f7f5fb', '#24386f', '#d9485a'),
};

const WIDTH = 960;
const HEIGHT = 1200;

const svg = (inside: string, viewBox = '0 0 800 1000'): Sharp =>
  sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="${viewBox}">${inside}</svg>`)).removeAlpha(); // prettier-ignore

/** The girl at the harbour; `scale` 1 is a portrait, 0.35 shows her whole upper body small in the scene. */
const drawing = (changes: Partial<Drawn> = {}, scale = 1, over = ''): Sharp =>
  svg(`${harborNight()}<g transform="translate(${400 * (1 - scale)} ${800 * (1 - scale)}) scale(${scale})">${character({ ...girl, ...changes })}</g>${over}`); // prettier-ignore

/** A speech bubble, with strokes for letters: fonts differ from machine to machine. */
const bubble = (letters: string): string =>
  `<ellipse cx="590" cy="120" rx="150" ry="80" fill="#fff" stroke="#222" stroke-width="4"/>` +
  Array.from(letters, (kind, i) => letter(kind, 500 + (i % 8) * 24, 80 + Math.floor(i / 8) * 36)).join('');
const letter = (kind: string, x: number, y: number): string =>
  `<path d="M${x} ${y} ${kind === 'L' ? 'v24 h14' : kind === 'T' ? 'h16 m-8 0 v24' : kind === 'O' ? 'h14 v24 h-14 z' : ''}" fill="none" stroke="#111" stroke-width="4"/>`;

const white = (inside: string): Sharp =>
  svg(`<rect width="1000" height="1250" fill="#fff"/>${inside}`, '0 0 1000 1250');
const stroke = (path: string): string => `<path d="${path}" fill="none" stroke="#333" stroke-width="5"/>`;
const shaded = (top: string, bottom: string): Sharp =>
  svg(`<defs><linearGradient id="g" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient></defs><rect width="800" height="1000" fill="url(#g)"/>`); // prettier-ignore

const asJpeg = (picture: Sharp): Promise<Look> => lookOf(picture.jpeg({ quality: 90 }));
/** What another site would make of it: half the size, and compressed again. */
const asThumbnail = async (picture: Sharp): Promise<Look> =>
  lookOf(
    sharp(await picture.png().toBuffer())
      .resize(WIDTH / 2)
      .jpeg({ quality: 75 }),
  );

async function assertDifferent(one: Sharp, other: Sharp, what: string): Promise<void> {
  const look = await asJpeg(one.clone());
  for (const seen of [await asJpeg(other.clone()), await asThumbnail(other)]) {
    assert.equal(likeness(look, seen), undefined, what);
    assert.equal(likeness(seen, look), undefined, what);
  }
}

describe('likeness', () => {
  const originals: Readonly<Record<string, () => Promise<Sharp>>> = {
    'a drawing': async () => drawing(),
    'a picture of many shapes': async () => sharp(await generatePicture(7)),
    'a photograph': async () => sharp(`${sampleInbox}/camera/astronaut.jpg`),
    'line art': async () => white(stroke(Array.from({ length: 24 }, (_, i) => `M${80 + 35 * i} ${100 + ((i * 197) % 700)} q${60 + (i % 5) * 30} ${(i % 7) * 60} ${(i % 3) * 90} 300`).join(' '))), // prettier-ignore
  };
  const copies: Readonly<Record<string, (original: Sharp, width: number, height: number) => Sharp>> = {
    'JPEG of quality 50': (original) => original.jpeg({ quality: 50 }),
    'JPEG without subsampled colours': (original) => original.jpeg({ quality: 90, chromaSubsampling: '4:4:4' }),
    PNG: (original) => original.png(),
    'WebP of quality 50': (original) => original.webp({ quality: 50 }),
    'AVIF of quality 50': (original) => original.avif({ quality: 50, effort: 1 }),
    'a quarter of the size': (original, width) => original.resize(Math.round(width / 4)).jpeg({ quality: 85 }),
    'seven tenths of the size': (original, width) => original.resize(Math.round(width * 0.7)).webp({ quality: 80 }),
    'twice the size': (original, width) => original.resize(width * 2).jpeg({ quality: 85 }),
    'half the size, sharpened': (original, width) =>
      original
        .resize(Math.round(width / 2))
        .sharpen({ sigma: 0.8 })
        .jpeg({ quality: 85 }),
    'without its last column of pixels': (original, width, height) =>
      original.extract({ left: 0, top: 0, width: width - 1, height }).jpeg({ quality: 90 }),
  };
  for (const [what, make] of Object.entries(originals)) {
    it(`knows the copies of ${what}`, async () => {
      const { data, info } = await (await make()).png().toBuffer({ resolveWithObject: true });
      const looks = new Map([['the original', await lookOf(data)]]);
      for (const [how, copy] of Object.entries(copies)) {
        looks.set(how, await lookOf(copy(sharp(data), info.width, info.height)));
      }
      for (const [how, look] of looks) {
        for (const [otherHow, other] of looks) {
          const alike = likeness(look, other);
          assert.ok(alike !== undefined && alike > 0.75 && alike <= 1, `${how}, ${otherHow}: ${alike}`);
          assert.equal(alike, likeness(other, look));
        }
      }
      const original = looks.get('the original');
      assert.equal(original && likeness(original, original), 1);
    });
  }

  const changes: Readonly<Record<string, Partial<Drawn>>> = {
    'closed eyes': { eyes: 'happy' },
    'an open mouth': { mouth: 'open' },
    'a calm mouth': { mouth: 'calm' },
    glasses: { inFront: glasses },
    'eyes of another colour': { eye: { light: '#ffb59f', base: '#d0402f', dark: '#5c120d' } },
    'hair of another colour': { hair: { light: '#9fe6c0', base: '#3fa070', dark: '#1b5a38' } },
    'a bow': { inFront: hairBow('#f0b93c') },
    'another scarf': { outfit: sailorUniform('#f7f5fb', '#24386f', '#48a05a') },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`tells the same drawing with ${what} apart`, async () => {
      await assertDifferent(drawing(), drawing(change), 'portrait');
      // of a mouth that small nothing is left in the look
      if (change.mouth !== 'calm')
        await assertDifferent(drawing({}, 0.35), drawing(change, 0.35), 'small in the scene');
    });
  }

  it('tells a drawing with a speech bubble, and with another text in it, apart', async () => {
    const spoken = (letters: string): Sharp => drawing({}, 1, bubble(letters));
    await assertDifferent(drawing(), spoken(''), 'with a bubble');
    await assertDifferent(spoken('LOTTOLTLOLTOOTLT'), spoken('TTOLOOLTLTTLOLOO'), 'with another text');
  });

  it('tells pictures apart that are mirrored, turned, cut, without colours, of other colours, or brighter', async () => {
    for (const make of [() => drawing(), () => sharp(`${sampleInbox}/camera/astronaut.jpg`)]) {
      const { data, info } = await make().png().toBuffer({ resolveWithObject: true });
      const [dx, dy] = [Math.round(info.width * 0.05), Math.round(info.height * 0.05)];
      const others: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
        mirrored: (picture) => picture.flop(),
        'upside down': (picture) => picture.rotate(180),
        'cut around': (picture) =>
          picture.extract({ left: dx, top: dy, width: info.width - 2 * dx, height: info.height - 2 * dy }),
        'cut at the top': (picture) =>
          picture.extract({ left: 0, top: dy, width: info.width, height: info.height - dy }),
        grey: (picture) => picture.modulate({ saturation: 0 }),
        'of other colours': (picture) => picture.modulate({ hue: 40 }),
        brighter: (picture) => picture.modulate({ brightness: 1.2 }),
      };
      for (const [what, change] of Object.entries(others)) {
        await assertDifferent(sharp(data), sharp(await change(sharp(data)).png().toBuffer()), what);
      }
    }
  });

  it('tells different pictures apart', async () => {
    const photograph = sharp(`${sampleInbox}/camera/astronaut.jpg`);
    const shapes = await Promise.all([1, 2].map(async (number) => sharp(await generatePicture(number))));
    const sketches = ['M100 200 Q500 900 900 300 M200 1000 Q500 700 800 1100', 'M80 250 Q500 980 920 330 M180 950 Q480 720 830 1050'].map((path) => white(stroke(path))); // prettier-ignore
    const looks = await Promise.all([drawing(), photograph, ...shapes, ...sketches].map(asJpeg));
    for (const look of looks) {
      for (const other of looks) assert.equal(likeness(look, other) !== undefined, look === other);
    }
  });

  it('says nothing of pictures that show too little to tell', async () => {
    const plain: Readonly<Record<string, Sharp>> = {
      'a white page': white(''),
      'a black one': svg('<rect width="800" height="1000" fill="#000"/>'),
      'a gradient': shaded('#fff', '#88a'),
      'a word on a page': white(stroke('M450 600 v60 M450 630 h30 M480 600 v60 M500 600 v60 h30 M550 600 v60 h30')),
      'a dot': white('<circle cx="480" cy="620" r="30"/>'),
    };
    for (const [what, picture] of Object.entries(plain)) {
      const [one, other] = [await asJpeg(picture.clone()), await asThumbnail(picture)];
      assert.equal(likeness(one, one), undefined, what);
      assert.equal(likeness(one, other), undefined, what);
    }
  });

  it('says nothing of pictures that are too small to tell', async () => {
    const [small, tiny] = await Promise.all([100, 50].map((width) => lookOf(drawing().resize(width).png())));
    assert.ok(small && tiny);
    assert.equal(likeness(small, small), 1);
    assert.equal(likeness(tiny, tiny), undefined);
    assert.equal(likeness(small, tiny), undefined);
  });
});
