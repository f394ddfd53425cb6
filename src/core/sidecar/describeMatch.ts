import type { Finder, Match, PostSite } from '../model/match.ts';

const SITE_NAMES: Readonly<Partial<Record<PostSite, string>>> = {
  danbooru: 'Danbooru',
  yandere: 'yande.re',
  konachan: 'Konachan',
  safebooru: 'Safebooru',
  gelbooru: 'Gelbooru',
  sankaku: 'Sankaku Channel',
  'e-shuushuu': 'e-shuushuu',
  zerochan: 'Zerochan',
  'anime-pictures': 'Anime-Pictures',
  e621: 'e621',
  pixiv: 'pixiv',
  twitter: 'Twitter',
  deviantart: 'DeviantArt',
  artstation: 'ArtStation',
  nijie: 'nijie',
  skeb: 'Skeb',
};

const WAYS: Readonly<Record<Finder, string>> = {
  'danbooru-md5': 'by MD5',
  'yandere-md5': 'by MD5',
  'konachan-md5': 'by MD5',
  'safebooru-md5': 'by MD5',
  'danbooru-iqdb': 'via its image search',
  saucenao: 'via SauceNAO',
  iqdb: 'via IQDB',
  'file-name': 'by the name of the file',
  'file-beside': 'by the file beside it',
};

/** One line for people: `Matched on Danbooru via SauceNAO (93.4 % similarity)`, `Matched on Danbooru by MD5`. */
export function describeMatch(match: Match): string {
  const site = (match.post && SITE_NAMES[match.post.site]) ?? hostOf(match.url);
  const { similarity } = match;
  // the same bytes: a figure would say less
  const exact = WAYS[match.provider] === 'by MD5' && similarity === 100;
  const sure = exact || similarity === undefined ? '' : ` (${Number(similarity.toFixed(1))} % similarity)`;
  return `Matched${site ? ` on ${site}` : ''} ${WAYS[match.provider]}${sure}`;
}

function hostOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname.replace(/^www\./, '') : undefined;
}
