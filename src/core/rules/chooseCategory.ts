import picomatch from 'picomatch';
import type { Analysis } from '../model/analysis.ts';
import type { Match } from '../model/match.ts';
import type { ContentRating } from '../model/rating.ts';
import { TAG_CATEGORIES, type TagSet } from '../model/tag.ts';
import type { CategoryRule, Conditions } from './rule.ts';

/** What the rules look at. */
export interface CategoryFacts {
  readonly tags: TagSet;
  readonly match?: Match;
  readonly rating?: ContentRating;
  readonly analysis: Analysis | undefined;
}

export interface CategoryChoice {
  readonly category: string;
  /** for people: which rule, and what made it hold */
  readonly because: string;
}

/** Where an image goes that no rule takes. */
const FALLBACK = 'Uncategorized';

/** The first rule whose conditions hold. */
export function chooseCategory(rules: readonly CategoryRule[], facts: CategoryFacts): CategoryChoice {
  for (const [index, rule] of rules.entries()) {
    const reasons = holds(rule.when ?? {}, facts);
    if (reasons)
      return { category: rule.category, because: `rule ${index + 1}: ${reasons.join(', ') || 'no conditions'}` };
  }
  return { category: FALLBACK, because: 'no rule holds' };
}

/** Why all conditions hold, or undefined. */
function holds(when: Conditions, { tags, match, rating, analysis }: CategoryFacts): string[] | undefined {
  const all = TAG_CATEGORIES.flatMap((category) => tags[category]);
  const reasons: string[] = [];
  const globs = (name: string, patterns: readonly string[] | undefined, candidates: readonly string[]): boolean => {
    if (!patterns) return true;
    // tags are no paths: a `/` in one is a letter like any other
    const hit = candidates.find((tag) => patterns.some((p) => picomatch.isMatch(flat(tag), flat(p), { dot: true })));
    if (hit !== undefined) reasons.push(`${name} ${hit}`);
    return hit !== undefined;
  };
  const ok =
    globs('tag', when.tags, all) &&
    globs('character', when.characters, tags.character) &&
    globs('copyright', when.copyrights, tags.copyright) &&
    globs('artist', when.artists, tags.artist) &&
    (!when.style || (analysis !== undefined && when.style.includes(analysis.style))) &&
    (!when.rating || (rating !== undefined && when.rating.includes(rating))) &&
    (when.persons === undefined || (analysis !== undefined && analysis.persons.length >= when.persons)) &&
    (when.matched === undefined || when.matched === (match !== undefined));
  if (!ok) return undefined;
  if (when.style && analysis) reasons.push(`style ${analysis.style}`);
  if (when.rating && rating) reasons.push(`rating ${rating}`);
  if (when.persons !== undefined && analysis) reasons.push(`${analysis.persons.length} person(s)`);
  if (when.matched !== undefined) reasons.push(when.matched ? 'known to a booru' : 'unknown to the boorus');
  return reasons;
}

const flat = (text: string): string => text.replaceAll('/', '\u2215').replaceAll('\\', '\u2216');
