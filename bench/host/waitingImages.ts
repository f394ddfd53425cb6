import { NO_TAGS } from '../../src/core/model/tag.ts';
import { matchOf, type WaitingImage } from '../../test/host/reviewLibrary.ts';

/** Distinct pictures behind the images that wait: each name is a hard link to one of them, and has a thumbnail of its own. */
const PICTURES = 200;
const GENERAL = Array.from({ length: 400 }, (_, n) => `general_tag_${n}`);

/** Images with thirty tags each, in fifty folders. */
export const waitingImages = (count: number): readonly WaitingImage[] =>
  Array.from({ length: count }, (_, n) => {
    const general = Array.from({ length: 30 }, (_, i) => GENERAL[(n * 7 + i * 11) % GENERAL.length] ?? '');
    const tags = {
      general,
      character: [`girl_${n % 900}`],
      copyright: [`series_${n % 300}`],
      artist: [`artist_${n % 2000}`],
    };
    return {
      name: `folder ${n % 50}/picture ${String(n).padStart(5, '0')}.jpg`,
      picture: n % PICTURES,
      match: matchOf(100_000 + n, 60 + (n % 41), tags),
      taggerTags: { ...NO_TAGS, general: general.slice(0, 12) },
      tagScores: Object.fromEntries(general.slice(0, 12).map((name, i) => [name, 0.95 - i * 0.04])),
    };
  });
