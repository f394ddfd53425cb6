import { castleWindow, harborNight, library, pawPrints, rooftopEvening, stage, witchMoon } from './backgrounds.ts';
import { character, type Look, type Shades } from './character.ts';
import {
  batWings,
  catEars,
  cloak,
  glasses,
  hairBow,
  sailorUniform,
  stageDress,
  starPin,
  suit,
  witchHat,
} from './outfits.ts';
import { mountainLake } from './scenery.ts';

const fair: Shades = { light: '#fff1e6', base: '#ffe2d0', dark: '#e9a994' };
const pale: Shades = { light: '#fff4f2', base: '#f6dfe2', dark: '#c99aa8' };

const portrait = (inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="1000" viewBox="0 0 800 1000">${inside}</svg>`;

const catGirlHair: Shades = { light: '#ffcf8f', base: '#ef9a3c', dark: '#9a5413' };
const catGirl: Look = {
  hair: catGirlHair,
  style: 'bob',
  eye: { light: '#a7f07a', base: '#3fae4a', dark: '#0f4a2a' },
  eyes: 'open',
  skin: fair,
  mouth: 'open',
  outfit: stageDress({ light: '#fff6d8', base: '#7ccfc2', dark: '#3a8f88' }),
  inFront: catEars(catGirlHair),
};

const witchCloth: Shades = { light: '#f2a93b', base: '#4b3486', dark: '#2f1f5c' };

/** Every drawn sample, as SVG. The cat girl has two pictures: an animation of her opens and closes the eyes. */
export const drawings = {
  harbor: portrait(
    harborNight() +
      character({
        hair: { light: '#8fb8ff', base: '#3f63c9', dark: '#1b2768' },
        style: 'long',
        eye: { light: '#9fe6ff', base: '#2f8fe0', dark: '#0d2c6b' },
        eyes: 'open',
        skin: fair,
        mouth: 'smile',
        outfit: sailorUniform('#f7f5fb', '#24386f', '#d9485a'),
        inFront: starPin('#ffd75e'),
      }),
  ),
  rooftop: portrait(
    rooftopEvening() +
      character({
        hair: { light: '#ff9a7a', base: '#cf4a34', dark: '#6d1a1c' },
        style: 'ponytail',
        eye: { light: '#d8f58a', base: '#5aa83c', dark: '#1f4a1c' },
        eyes: 'open',
        skin: fair,
        mouth: 'open',
        outfit: sailorUniform('#fdf3e6', '#7a3040', '#f0b93c'),
        inFront: hairBow('#f0b93c'),
      }),
  ),
  witch: portrait(
    witchMoon() +
      character({
        hair: { light: '#fff3b8', base: '#f2cf5b', dark: '#a97a22' },
        style: 'twintails',
        eye: { light: '#e7b0ff', base: '#9a4fd6', dark: '#3a125f' },
        eyes: 'open',
        skin: fair,
        mouth: 'smile',
        outfit: cloak(witchCloth, '#55d6c9'),
        inFront: witchHat(witchCloth),
      }),
  ),
  idol: portrait(
    stage() +
      character({
        hair: { light: '#ffd3ea', base: '#f58ac0', dark: '#a33c7c' },
        style: 'twintails',
        eye: { light: '#fff', base: '#888', dark: '#222' },
        eyes: 'happy',
        skin: fair,
        mouth: 'open',
        outfit: stageDress({ light: '#fff', base: '#ffe27a', dark: '#f0679f' }),
        inFront: hairBow('#ffe27a'),
      }),
  ),
  vampire: portrait(
    castleWindow() +
      character({
        hair: { light: '#f5f2fa', base: '#c9c2d8', dark: '#746a90' },
        style: 'long',
        eye: { light: '#ff9a8a', base: '#d4202c', dark: '#4a0510' },
        eyes: 'open',
        skin: pale,
        mouth: 'fang',
        outfit: cloak({ light: '#d9b45a', base: '#2a1722', dark: '#7a1728' }, '#e0243a'),
        behind: batWings({ base: '#3a1c2b', dark: '#120810' }),
        inFront: '<path d="M434 690 q10 22 0 34 q-10 -12 0 -34 Z" fill="#c81428"/>',
      }),
  ),
  librarian: portrait(
    library() +
      character({
        hair: { light: '#7d8a99', base: '#3e4856', dark: '#171c24' },
        style: 'short',
        eye: { light: '#ffd98a', base: '#b5762a', dark: '#4a2a0c' },
        eyes: 'open',
        skin: fair,
        mouth: 'calm',
        outfit: suit('#4d6a55', '#f4efe2', '#8f2f3c'),
        inFront: glasses,
      }),
  ),
  catGirlEyesOpen: portrait(pawPrints() + character(catGirl)),
  catGirlEyesClosed: portrait(pawPrints() + character({ ...catGirl, eyes: 'happy' })),
  lake: `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800" viewBox="0 0 1200 800">${mountainLake()}</svg>`,
} as const;
