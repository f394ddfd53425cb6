import type { ImageState } from '../model/imageState.ts';
import { TAG_CATEGORIES, type TagCategory } from '../model/tag.ts';
import { suggestionOf } from '../stages/suggestion.ts';
import { tagOfFeature } from './features.ts';

/**
 * The tags that a person may mean, each with its kind: those of sorted images, and then those that are suggested for the ones
 * that wait, the most frequent first.
 * @param seen features of sorted images, the most frequent first
 */
export function knownTags(seen: Iterable<string>, waiting: readonly ImageState[]): ReadonlyMap<string, TagCategory> {
  const known = new Map<string, TagCategory>();
  for (const feature of seen) {
    const tag = tagOfFeature(feature);
    if (tag && !known.has(tag.name)) known.set(tag.name, tag.kind);
  }
  const counts = new Map<string, { readonly kind: TagCategory; n: number }>();
  for (const state of waiting) {
    const tags = suggestionOf(state, 0)?.tags;
    for (const kind of TAG_CATEGORIES) {
      for (const name of tags?.[kind] ?? []) {
        if (known.has(name)) continue;
        const count = counts.get(name);
        if (count) count.n++;
        else counts.set(name, { kind, n: 1 });
      }
    }
  }
  for (const [name, { kind }] of [...counts].sort(([, a], [, b]) => b.n - a.n)) known.set(name, kind);
  return known;
}
