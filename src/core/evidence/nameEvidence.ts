import type { NameEvidence } from '../model/evidence.ts';
import type { PostRef, PostSite } from '../model/match.ts';

/**
 * A run of exactly 32 hex digits with no letter or digit beside it: 32 of the 40 of a SHA-1, which Gelbooru's relatives use
 * in their names too, or of the 64 of a SHA-256 would be nobody's MD5.
 */
const MD5 = /(?<![0-9a-z])[0-9a-f]{32}(?![0-9a-z])/gi;

/** What stands before the number. Hosts are how Grabber, yande.re and Konachan write it, the words are gallery-dl's. */
const SITES: ReadonlyMap<string, PostSite> = new Map<string, PostSite>([
  ['danbooru', 'danbooru'],
  ['danbooru.donmai.us', 'danbooru'],
  ['safebooru.donmai.us', 'danbooru'],
  ['yandere', 'yandere'],
  ['yande.re', 'yandere'],
  ['konachan', 'konachan'],
  ['konachan.com', 'konachan'],
  ['konachan.net', 'konachan'],
  ['safebooru', 'safebooru'],
  ['safebooru.org', 'safebooru'],
  ['gelbooru', 'gelbooru'],
  ['gelbooru.com', 'gelbooru'],
  ['sankaku', 'sankaku'],
  ['chan.sankakucomplex.com', 'sankaku'],
  ['e-shuushuu', 'e-shuushuu'],
  ['e-shuushuu.net', 'e-shuushuu'],
  ['zerochan', 'zerochan'],
  ['zerochan.net', 'zerochan'],
  ['anime-pictures', 'anime-pictures'],
  ['anime-pictures.net', 'anime-pictures'],
  ['e621', 'e621'],
  ['e621.net', 'e621'],
  ['e926', 'e621'],
  ['e926.net', 'e621'],
  ['deviantart', 'deviantart'],
  // not nijie and artstation: there the first number of gallery-dl's names is the artist's, or is not the page's
]);

/** `danbooru_123456…`, `yande.re 377441 tags`, `Konachan.com - 123456 tags`; the word, the number, and whether an MD5 follows. */
const SITE_AND_NUMBER = /^([a-z0-9.-]{4,24}?)[ _+-]{1,3}([1-9]\d{0,9})(?![0-9a-z])(_[0-9a-f]{32}(?![0-9a-z]))?/i;

/**
 * `12345678_p0.jpg`, `…_p0_master1200.jpg`, `…_big_p0.jpg`, `…_ugoira0.png`, of unlisted works `12345678-<32 digits>_p0.png`;
 * gallery-dl wrote `pixiv_<user>_<work>_p00.jpg` until 2019. Five digits at least, or `2023_p1` would be one.
 */
const PIXIV_PAGE =
  /^(?:pixiv[ _-]{1,3}(?:\d{1,9}_)?)?([1-9]\d{4,8})(?:-[0-9a-f]{32})?_(?:big_)?(?:p\d{1,3}|ugoira\d{1,4}(?:x\d{1,4})?)(?![0-9a-z])/i;
/** pixiv's own app for phones: `illust_12345678_20200131_235959.jpg`. */
const PIXIV_APP = /^illust_([1-9]\d{4,8})_\d{8}_\d{6}(?!\d)/i;
/** `pixiv_12345678_title`; with a second number instead of a title the first one may be the artist's. */
const PIXIV_NUMBER = /^pixiv[ _-]{1,3}([1-9]\d{4,8})(?![0-9a-z]|_\d)/i;

/** gallery-dl's `<tweet>_1.jpg`. Ids are 63 bits long; what may follow is the extension, or a copy's ` (1)`, ` - Copy`, `~1`. */
const TWEET_PAGE = /^([1-9]\d{14,18})_\d{1,2}(?=$|[ (~.])/;
const TWEET_NUMBER = /^(?:twitter|tweet)[ _-]{1,3}([1-9]\d{14,18})(?![0-9a-z])/i;

const DATE = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;
/** Cameras name bursts by the time down to tenths or thousandths of a second; only tweets of 2010 have as few digits. */
const TIME = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d){2}\d{1,3}$/;

/**
 * The MD5s and the post in a file's name, as boorus, browsers, gallery-dl, Grabber and PixivUtil2 write them. A number alone
 * proves nothing. Takes time in proportion to the name's length.
 * @param fileName without folders; the extension may be missing
 */
export function nameEvidence(fileName: string): NameEvidence {
  // yande.re and Konachan encode the blanks in their addresses, and some downloaders keep them so
  const name = fileName.replace(/%[0-9a-f]{2}/gi, ' ');
  const md5s = (name.match(MD5) ?? []).filter((run) => !/^\d+$/.test(run)).map((run) => run.toLowerCase());
  const post = sitePost(name) ?? pixivWork(name) ?? tweet(name);
  return { md5s: [...new Set(md5s)], posts: post ? [post] : [] };
}

function sitePost(name: string): PostRef | undefined {
  const [, word = '', id = '', md5] = SITE_AND_NUMBER.exec(name) ?? [];
  const site = SITES.get(word.toLowerCase());
  // people too write "danbooru 100" and "danbooru_20230101", but hardly a host, and no MD5
  const isSure = word.includes('.') || md5 !== undefined || (id.length >= 5 && !DATE.test(id));
  return site && isSure ? { site, id } : undefined;
}

function pixivWork(name: string): PostRef | undefined {
  const id = PIXIV_PAGE.exec(name)?.[1] ?? PIXIV_APP.exec(name)?.[1] ?? undatedNumber(PIXIV_NUMBER.exec(name)?.[1]);
  return id === undefined ? undefined : { site: 'pixiv', id };
}

const undatedNumber = (id: string | undefined): string | undefined =>
  id !== undefined && DATE.test(id) ? undefined : id;

function tweet(name: string): PostRef | undefined {
  const page = TWEET_PAGE.exec(name)?.[1];
  const id = page !== undefined && !TIME.test(page) ? page : TWEET_NUMBER.exec(name)?.[1];
  return id === undefined ? undefined : { site: 'twitter', id };
}
