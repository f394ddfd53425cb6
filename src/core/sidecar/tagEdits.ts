import type { TagPlace } from './content.ts';
import type { SidecarFields, TagField } from './fields.ts';
import type { SidecarRecord } from './record.ts';
import { levelsOf, tagsIn } from './standingTags.ts';
import { keyOf, placeOf } from './tagSources.ts';
import { listHash } from './textHash.ts';

/** What others have done to the tags of a sidecar since we wrote it. */
export interface TagEdits {
  /** by key */
  readonly added: ReadonlyMap<string, TagPlace>;
  /** keys */
  readonly deleted: ReadonlySet<string>;
}

/**
 * Each program edits the fields that it knows and leaves the others behind: Immich TagsList; darktable and Lightroom the
 * other two; Windows and PhotoPrism dc:Subject alone; digiKam all. So a field that still is what we wrote says nothing, and
 * one that is not says what was added to it and deleted from it.
 */
export function tagEdits(standing: SidecarFields, record: SidecarRecord): TagEdits {
  const { tags: was } = record;
  const isChanged = (field: TagField): boolean => record.hashes.get(field)?.[0] !== hashOf(standing[field]);
  const added = new Map<string, TagPlace>();
  const deleted = new Set<string>();

  for (const field of ['tagsList', 'hierarchicalSubject'] as const) {
    const entries = standing[field];
    if (!entries || !isChanged(field)) continue;
    const now = new Map(tagsIn(field, entries).map((tag) => [keyOf(tag.path), tag]));
    for (const key of was.keys()) if (!now.has(key)) deleted.add(key);
    for (const [key, tag] of now) if (!was.has(key)) added.set(key, tag);
  }

  const { subject } = standing;
  if (subject && isChanged('subject')) {
    const words = new Set(subject.map((entry) => levelsOf(entry, undefined)[0]));
    for (const [key, source] of was) if (!wordsOf(placeOf(source)).some((word) => words.has(word))) deleted.add(key);
    // darktable makes a flat keyword of every level
    const known = [...[...was.values()].map(placeOf), ...added.values()];
    const levels = new Set(known.flatMap((tag) => [...tag.path, ...wordsOf(tag)]));
    for (const tag of tagsIn('subject', subject)) {
      const key = keyOf(tag.path);
      if (!levels.has(key)) added.set(key, tag);
    }
  }

  // With its last tag darktable and Lightroom remove both of their fields. One that is gone alone was dropped by a program
  // that does not know it, and no person meant that.
  const theirs = ['hierarchicalSubject', 'subject'] as const;
  if (theirs.every((field) => standing[field] === undefined && isChanged(field))) {
    for (const key of was.keys()) deleted.add(key);
  }
  return { added, deleted };
}

/** What dc:Subject may call a tag: its leaf or, when another program wrote it, its last level. Both as levels. */
export function wordsOf({ path, leaf }: TagPlace): readonly string[] {
  return [levelsOf(leaf, undefined)[0] ?? '', path.at(-1) ?? ''];
}

const hashOf = (entries: readonly string[] | undefined): string | undefined => entries && listHash(entries);
