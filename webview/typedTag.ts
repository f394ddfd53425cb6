import { TAG_CATEGORIES, type TagCategory } from '../src/core/model/tag.ts';
import type { Completion } from '../src/protocol/review.ts';

/** What the boorus' search fields take before a colon. */
const PREFIXES: Readonly<Record<string, TagCategory>> = {
  ...Object.fromEntries(TAG_CATEGORIES.map((category) => [category, category])),
  art: 'artist',
  char: 'character',
  copy: 'copyright',
  series: 'copyright',
  gen: 'general',
};

/**
 * `artist:Some One` is the tag `Some One` of an artist; without such a beginning nothing is said of its category.
 * @param completion what was chosen instead of the rest of the text
 */
export function typedTag(
  text: string,
  completion?: Completion,
): { readonly name: string; readonly category?: TagCategory } {
  const [, prefix = '', rest = ''] = /^\s*(\w+):(.*)$/s.exec(text) ?? [];
  const category = Object.hasOwn(PREFIXES, prefix.toLowerCase()) ? PREFIXES[prefix.toLowerCase()] : undefined;
  const name = completion?.text ?? (category ? rest : text).trim();
  return { name, ...(category && { category }) };
}
