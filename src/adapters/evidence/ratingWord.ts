import type { ContentRating } from '../../core/model/rating.ts';

/** `s` is not among them: it was safe everywhere, and is sensitive at Danbooru since 2022. */
const RATINGS: ReadonlyMap<string, ContentRating> = new Map<string, ContentRating>([
  ['g', 'general'],
  ['q', 'questionable'],
  ['e', 'explicit'],
  ['safe', 'general'],
  ['general', 'general'],
  ['sensitive', 'sensitive'],
  ['questionable', 'questionable'],
  ['explicit', 'explicit'],
]);

/** A content rating as boorus of all kinds write it; undefined for `s`, and for anything else. */
export const ratingWord = (word: unknown): ContentRating | undefined =>
  typeof word === 'string' ? RATINGS.get(word.trim().toLowerCase()) : undefined;
