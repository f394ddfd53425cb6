import type { CategoryFacts } from './categoryFacts.ts';
import { fileName } from './fileName.ts';
import { PLACEHOLDERS, type CategoryRule, type Placeholder } from './rule.ts';

const ANY_BRACES = /\{([^{}]*)\}/g;

/** What stands in braces and is no placeholder, or a brace without its other. */
export function strayBraces(category: string): string | undefined {
  for (const [whole, name] of category.matchAll(ANY_BRACES)) {
    if (!isPlaceholder(name ?? '')) return whole;
  }
  return /[{}]/.exec(category.replace(ANY_BRACES, ''))?.[0];
}

/** The rule's category with its placeholders filled; undefined when the rule gives the image to the next one. */
export function fillCategory(rule: CategoryRule, facts: CategoryFacts): string | undefined {
  if (!rule.category.includes('{')) return rule.category;
  const parts = new Map<string, string>();
  for (const [whole, name = ''] of rule.category.matchAll(ANY_BRACES)) {
    if (!isPlaceholder(name)) continue;
    const part = fill(name, rule, facts);
    if (part === undefined) return undefined;
    parts.set(whole, part);
  }
  // `Anime/{character}` without a character is `Anime`; where nothing is left, there is no category to speak of
  const levels = rule.category
    .replace(ANY_BRACES, (whole) => parts.get(whole) ?? whole)
    .split(/[/\\]/)
    .map((level) => level.trim())
    .filter(Boolean);
  return levels.length > 0 ? levels.join('/') : undefined;
}

/** The text in the place of a placeholder; undefined when the rule gives the image to the next one. */
function fill(name: Placeholder, rule: CategoryRule, facts: CategoryFacts): string | undefined {
  // made a name here: a tag such as `fate/stay_night` is one level, and `..` is none
  const values = valuesOf(name, facts).map(fileName).filter(Boolean);
  const [first] = values;
  if (first === undefined) return (rule.none ?? 'leave-out') === 'leave-out' ? '' : undefined;
  if (values.length === 1) return first;
  switch (rule.several ?? 'first') {
    case 'first':
      return first;
    case 'join':
      return fileName(values.join(', '));
    case 'leave-out':
      return '';
    case 'next-rule':
      return undefined;
  }
}

function valuesOf(name: Placeholder, { tags, rating, analysis, format }: CategoryFacts): readonly string[] {
  switch (name) {
    case 'copyright':
    case 'character':
    case 'artist':
      return tags[name];
    case 'rating':
      return rating ? [rating] : [];
    case 'style':
      return analysis ? [analysis.style] : [];
    case 'format':
      return format ? [format] : [];
  }
}

const isPlaceholder = (name: string): name is Placeholder => (PLACEHOLDERS as readonly string[]).includes(name);
