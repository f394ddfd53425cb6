import type { ContentRating } from '../../core/model/rating.ts';
import { countTags, type TagCategory } from '../../core/model/tag.ts';
import { orderedPosts, postOfAddress, shownAddress, webAddress } from '../http/postAddress.ts';
import { ratingWord } from './ratingWord.ts';
import { shownText } from './shownText.ts';
import { tagSetOf } from './tagSetOf.ts';
import type { Told } from './told.ts';

const CATEGORIES: ReadonlyMap<string, TagCategory> = new Map<string, TagCategory>([
  ['creator', 'artist'],
  ['artist', 'artist'],
  ['series', 'copyright'],
  ['copyright', 'copyright'],
  ['studio', 'copyright'],
  ['character', 'character'],
  ['person', 'character'],
  ['meta', 'meta'],
  ['medium', 'meta'],
  ['general', 'general'],
  ['species', 'general'],
]);

/** Where a file stands among others; nothing that one would look for it by. */
const BOOKKEEPING = new Set(['page', 'chapter', 'volume', 'issue', 'filename', 'uploader', 'booru', 'site']);

const ADDRESS = new Set(['source', 'url', 'http', 'https']);

const LONGEST_LINE = 200;
const MOST_LINES = 2000;
const MOST_WORDS = 12;

/**
 * What a list of tags tells: one a line, as Hydrus exports them and gallery-dl's `"mode": "tags"` writes them, or all in one
 * line. `creator:`, `series:` and the like are Hydrus' namespaces; an unknown one is part of the tag (`re:zero`). Addresses
 * count as sources. Undefined for prose, and where nothing is told.
 * Sources: hydrus docs/advanced_sidecars.md, hydrus/core/HydrusTags.py; gallery-dl's postprocessor/metadata.py.
 */
export function parseHydrusTags(text: string): Told | undefined {
  const lines = tagLines(text);
  if (!lines) return undefined;
  const tags: Record<TagCategory, string[]> = { general: [], character: [], copyright: [], artist: [], meta: [] };
  const addresses: URL[] = [];
  let rating: ContentRating | undefined;
  let title: string | undefined;
  for (const line of lines) {
    const { namespace, tag } = split(line);
    const category = CATEGORIES.get(namespace);
    if (category) tags[category].push(tag);
    else if (namespace === 'rating') rating ??= ratingWord(tag);
    else if (namespace === 'title') title ??= shownText(tag);
    else if (ADDRESS.has(namespace)) addresses.push(...addressIn(namespace.startsWith('http') ? line : tag));
    else if (!BOOKKEEPING.has(namespace)) tags.general.push(namespace === '' ? tag : line);
  }
  if (!lines.some(isNamespaced) && !areTags(lines)) return undefined;
  const set = tagSetOf(tags);
  if (countTags(set) + addresses.length === 0 && !rating && title === undefined) return undefined;
  return {
    md5s: [],
    posts: orderedPosts(addresses.flatMap((address) => postOfAddress(address) ?? [])),
    sources: [...new Set(addresses.map(shownAddress))],
    ...(countTags(set) > 0 && { tags: set }),
    ...(rating && { rating }),
    ...(title !== undefined && { title }),
  };
}

/** The lines, or the parts of the only one; undefined when it is plainly no list of tags. */
function tagLines(text: string): readonly string[] | undefined {
  const lines = text.split(/\r\n|\r|\n/).flatMap((line) => line.trim() || []);
  const [only = '', ...others] = lines;
  const parts = others.length > 0 ? lines : partsOf(only);
  if (parts.length > MOST_LINES || parts.some(isProse)) return undefined;
  return others.length === 0 && isSentence(only) ? undefined : parts;
}

/** Trainers of models write `blue sky, 1girl`, Grabber `blue_sky 1girl`; a line with blanks alone is one tag. */
function partsOf(line: string): readonly string[] {
  const separator = /,\s/.test(line) ? ',' : line.includes('_') ? /\s/ : undefined;
  return separator === undefined ? [line] : line.split(separator).flatMap((part) => part.trim() || []);
}

function isProse(line: string): boolean {
  if (line.length > LONGEST_LINE) return true;
  return !/^[a-z]+:/i.test(line) && (countWords(line) > MOST_WORDS || isSentence(line));
}

/** A namespace that is none but Hydrus'. */
const isNamespaced = (line: string): boolean => {
  const { namespace } = split(line);
  return CATEGORIES.has(namespace) || namespace === 'rating' || namespace === 'title' || ADDRESS.has(namespace);
};

/** Without a namespace a note ("colours to check") looks much like a tag: several, short, in small letters; or with a `_`. */
const areTags = (lines: readonly string[]): boolean =>
  (lines.length > 1 || lines.some((line) => line.includes('_'))) &&
  lines.every((line) => countWords(line) <= 4 && line === line.toLowerCase());

const isSentence = (line: string): boolean => (line.endsWith('.') && countWords(line) > 3) || line.endsWith('。');
const countWords = (line: string): number => line.split(/\s+/).length;

/** Hydrus doubles the colon that a tag begins with (`::d`), and has the namespace before the first one otherwise. */
function split(line: string): { readonly namespace: string; readonly tag: string } {
  if (line.startsWith('::')) return { namespace: '', tag: line.slice(1) };
  const colon = line.indexOf(':');
  if (colon < 1) return { namespace: '', tag: line };
  return { namespace: line.slice(0, colon).trim().toLowerCase(), tag: line.slice(colon + 1).trim() };
}

function addressIn(text: string): readonly URL[] {
  const address = webAddress(text);
  return address ? [address] : [];
}
