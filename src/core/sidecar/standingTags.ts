import type { TagPlace } from './content.ts';
import type { SidecarFields, TagField } from './fields.ts';
import { toLeaf, toLevel, toPath, type LevelSeparator } from './tagPath.ts';

/** First levels of the trees that we write; darktable makes flat keywords of them, which are no tags. */
const CATEGORY_WORDS = new Set(['general', 'character', 'copyright', 'artist', 'meta', 'rating', 'style', 'series']);

/** dc:Subject has no levels. */
export const SEPARATORS = {
  tagsList: '/',
  hierarchicalSubject: '|',
  subject: undefined,
  lastKeywordXmp: '/',
  catalogSets: '|',
  acdseeCategories: '/',
} as const satisfies Readonly<Record<TagField, LevelSeparator | undefined>>;

/** The first that is there is the one that counts: Immich's order, then digiKam's, whose own mirrors come after. */
const READING_ORDER: readonly TagField[] = [
  'tagsList',
  'hierarchicalSubject',
  'lastKeywordXmp',
  'catalogSets',
  'acdseeCategories',
  'subject',
];

/**
 * The tags of a sidecar as its readers see them: they take the first field that is there and ignore the others; so does
 * this. A TagsList of one empty entry means that somebody removed every tag.
 */
export function standingTags(fields: SidecarFields): readonly TagPlace[] {
  const field = READING_ORDER.find((candidate) => fields[candidate] !== undefined);
  return field ? tagsIn(field, fields[field] ?? []) : [];
}

/** The tags among the entries of a field, without the keywords that darktable makes by itself. */
export function tagsIn(field: TagField, entries: readonly string[]): readonly TagPlace[] {
  return entries.flatMap((entry) => {
    const path = levelsOf(entry, SEPARATORS[field]);
    const [first = '', second] = path;
    const isNode = field === 'subject' && second === undefined && CATEGORY_WORDS.has(first.toLowerCase());
    return first && !isNode && !isDarktables(entry) ? [{ path, leaf: toLeaf(path) }] : [];
  });
}

/** Every tag was removed by hand, in Immich, which leaves the other fields as they were. */
export const isEmptied = ({ tagsList }: SidecarFields): boolean => tagsList?.length === 1 && tagsList[0] === '';

/** `darktable|format|jpg`: what that program notes for itself */
export const isDarktables = (entry: string): boolean => /^darktable(\||$)/.test(entry);

/** Levels of an entry of one of the fields; dc:Subject, without separator, has one. */
export function levelsOf(entry: string, separator: LevelSeparator | undefined): readonly string[] {
  return separator ? toPath(entry, separator) : [toLevel(entry)].filter(Boolean);
}
