import { TAG_CATEGORIES, type TagCategory } from '../src/core/model/tag.ts';

/** What the boorus' search fields take before a colon. */
const PREFIXES: Readonly<Record<string, TagCategory>> = {
  ...Object.fromEntries(TAG_CATEGORIES.map((category) => [category, category])),
  art: 'artist',
  char: 'character',
  copy: 'copyright',
  series: 'copyright',
  gen: 'general',
};

/** `artist:Some One` is the tag `Some One` of an artist; without such a beginning it is a general one. */
export function typedTag(text: string): { readonly name: string; readonly category: TagCategory } {
  const [, prefix = '', rest = ''] = /^\s*(\w+):(.*)$/s.exec(text) ?? [];
  const category = Object.hasOwn(PREFIXES, prefix.toLowerCase()) ? PREFIXES[prefix.toLowerCase()] : undefined;
  return { name: (category ? rest : text).trim(), category: category ?? 'general' };
}
