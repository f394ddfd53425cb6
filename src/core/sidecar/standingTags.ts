import type { SidecarTag } from './content.ts';
import type { SidecarFields } from './fields.ts';
import { toLeaf, toLevel, toPath, type LevelSeparator } from './tagPath.ts';

/** First levels of the trees that we write; darktable makes flat keywords of them, which are no tags. */
const CATEGORY_WORDS = new Set(['general', 'character', 'copyright', 'artist', 'meta', 'rating', 'style', 'series']);

/** The tags of a sidecar as its readers see them, and the one field that they come from. */
export interface StandingTags {
  readonly from: 'tagsList' | 'hierarchicalSubject' | 'subject' | undefined;
  readonly tags: readonly SidecarTag[];
}

/**
 * Readers take the first of TagsList, HierarchicalSubject and dc:Subject that is there and ignore the others; so does this.
 * A TagsList of one empty entry means that somebody removed every tag. Keywords that darktable makes by itself are left out.
 */
export function standingTags(fields: SidecarFields): StandingTags {
  if (fields.tagsList) return { from: 'tagsList', tags: toTags(fields.tagsList, '/') };
  if (fields.hierarchicalSubject) {
    const entries = fields.hierarchicalSubject.filter((entry) => !/^darktable(\||$)/.test(entry));
    return { from: 'hierarchicalSubject', tags: toTags(entries, '|') };
  }
  if (fields.subject) {
    const entries = fields.subject.filter(
      (entry) => !CATEGORY_WORDS.has(entry.toLowerCase()) && !/^darktable(\||$)/.test(entry),
    );
    return { from: 'subject', tags: toTags(entries, undefined) };
  }
  return { from: undefined, tags: [] };
}

function toTags(entries: readonly string[], separator: LevelSeparator | undefined): readonly SidecarTag[] {
  return entries.flatMap((entry) => {
    const path = levelsOf(entry, separator);
    return path.length > 0 ? [{ path, leaf: toLeaf(path) }] : [];
  });
}

/** Levels of an entry of one of the three fields; dc:Subject, without separator, has one. */
export function levelsOf(entry: string, separator: LevelSeparator | undefined): readonly string[] {
  return separator ? toPath(entry, separator) : [toLevel(entry)].filter(Boolean);
}
