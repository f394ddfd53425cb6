import { CONTENT_RATINGS, type ContentRating } from '../../../core/model/rating.ts';
import type { TagCategory } from '../../../core/model/tag.ts';
import { parseCsv } from './parseCsv.ts';

/** What one number of a tagger's output stands for. */
export type TagLabel =
  | { readonly kind: 'tag'; readonly name: string; readonly category: TagCategory }
  | { readonly kind: 'rating'; readonly rating: ContentRating };

/** Danbooru's numbers; 9 is the taggers' own, for the four ratings. */
const CATEGORIES: Readonly<Record<string, TagCategory>> = {
  '0': 'general',
  '1': 'artist',
  '3': 'copyright',
  '4': 'character',
  '5': 'meta',
};
const RATING = '9';

/**
 * The labels in a tagger's table, in the order of the model's output.
 * @param text CSV whose header has `name` and `category` (WD taggers: `tag_id,name,category,count`); a name is as the booru
 *   spells it, a category Danbooru's number, or 9 for a rating
 * @throws SyntaxError with the number of the line
 */
export function parseTagLabels(text: string): readonly TagLabel[] {
  const [header = [], ...rows] = parseCsv(text);
  const name = header.indexOf('name');
  const category = header.indexOf('category');
  if (name < 0 || category < 0) throw new SyntaxError('its first line does not name the columns "name" and "category"');
  if (rows.length === 0) throw new SyntaxError('it names no tags');
  return rows.map((row, i) => labelOf(row[name]?.trim() ?? '', row[category]?.trim() ?? '', i + 1));
}

function labelOf(name: string, category: string, number: number): TagLabel {
  if (name === '') throw new SyntaxError(`tag ${number} has no name`);
  if (category === RATING) {
    const rating = CONTENT_RATINGS.find((one) => one === name.replace(/^rating[:_]/, ''));
    if (!rating)
      throw new SyntaxError(`"${name}" (tag ${number}) is none of the ratings ${CONTENT_RATINGS.join(', ')}`);
    return { kind: 'rating', rating };
  }
  const known = CATEGORIES[category];
  if (known) return { kind: 'tag', name: name.replaceAll(' ', '_'), category: known };
  const allowed = [...Object.entries(CATEGORIES).map(([id, word]) => `${id} (${word})`), `${RATING} (rating)`].join(
    ', ',
  );
  throw new SyntaxError(`"${name}" (tag ${number}) has the category "${category}", where ${allowed} are known`);
}
