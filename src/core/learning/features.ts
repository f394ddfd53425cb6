import { TAG_CATEGORIES, type TagCategory } from '../model/tag.ts';
import type { CategoryFacts } from '../rules/categoryFacts.ts';

/** Some taggers give hundreds of tags; the first ones are the ones that say something. */
const MAX_FEATURES = 256;
const MAX_LENGTH = 200;

const KINDS: Readonly<Record<TagCategory, string>> = {
  general: 'tag',
  character: 'character',
  copyright: 'copyright',
  artist: 'artist',
  meta: 'meta',
};

/**
 * What the learner looks at: `kind:value` texts, without repeats. Beside the tags themselves it counts that there are
 * characters, works or artists at all, so that something is known of one never seen before.
 */
export function featuresOf({ tags, match, rating, analysis }: CategoryFacts): readonly string[] {
  const features = new Set<string>();
  if (analysis) {
    features.add(`style:${analysis.style}`);
    features.add(`persons:${analysis.persons.length >= 3 ? '3+' : analysis.persons.length}`);
  }
  if (rating) features.add(`rating:${rating}`);
  features.add(`site:${match ? (match.post?.site ?? 'other') : 'none'}`);
  for (const category of ['character', 'copyright', 'artist'] as const) {
    if (tags[category].length > 0) features.add(`has:${category}`);
  }
  for (const category of TAG_CATEGORIES) {
    for (const tag of tags[category]) features.add(`${KINDS[category]}:${tag}`.slice(0, MAX_LENGTH));
  }
  return [...features].slice(0, MAX_FEATURES);
}

const CATEGORIES = new Map(TAG_CATEGORIES.map((category) => [KINDS[category], category]));

/** The tag that the feature is; undefined for what is none, or was cut off. */
export function tagOfFeature(feature: string): { readonly kind: TagCategory; readonly name: string } | undefined {
  const colon = feature.indexOf(':');
  const kind = CATEGORIES.get(feature.slice(0, colon));
  return kind && feature.length < MAX_LENGTH ? { kind, name: feature.slice(colon + 1) } : undefined;
}

const WORDS: Readonly<Record<string, (value: string) => string>> = {
  has: (value) => `${value} tag`,
  style: (value) => (value === 'unsure' ? 'style unsure' : value),
  persons: (value) => (value === '0' ? 'no person' : value === '1' ? '1 person' : `${value} persons`),
  rating: (value) => `rated ${value}`,
  site: (value) => (value === 'none' ? 'unknown to the boorus' : `found on ${value}`),
};

/** The feature for people: `drawing`, `2 persons`, `tag blue_sky`. */
export function featureWords(feature: string): string {
  const colon = feature.indexOf(':');
  const [kind, value] = [feature.slice(0, colon), feature.slice(colon + 1)];
  return WORDS[kind]?.(value) ?? `${kind} ${value}`;
}
