import type { Match, PostSite, ProviderId } from '../model/match.ts';

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

const WAYS: Readonly<Record<ProviderId, string>> = {
  'danbooru-md5': 'by MD5',
  'danbooru-iqdb': 'via its image search',
  saucenao: 'via SauceNAO',
  iqdb: 'via IQDB',
};

/** One line for people: `Matched on Danbooru via SauceNAO (93.4 % similarity)`, `Matched on Danbooru by MD5`. */
export function describeMatch(match: Match): string {
  const site = (match.post && SITE_NAMES[match.post.site]) ?? hostOf(match.url);
  const sure = match.provider === 'danbooru-md5' ? '' : ` (${Number(match.similarity.toFixed(1))} % similarity)`;
  return `Matched${site ? ` on ${site}` : ''} ${WAYS[match.provider]}${sure}`;
}

function hostOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname.replace(/^www\./, '') : undefined;
}
