import { cleanText } from './cleanText.ts';
import type { SidecarContent, SidecarTag, TagPlace } from './content.ts';
import { TAG_FIELDS, type SidecarFields, type TagField } from './fields.ts';
import { IN_SIDECAR, joinOrigins, lastingOrigin, TYPED } from './origin.ts';
import type { SidecarRecord } from './record.ts';
import { isDarktables, isEmptied, levelsOf, SEPARATORS, standingTags } from './standingTags.ts';
import { tagEdits, wordsOf } from './tagEdits.ts';
import { toLevel } from './tagPath.ts';
import { keyOf, placeOf, sourceOf, type TagSource } from './tagSources.ts';

/** The tags of a sidecar after the merge. */
export interface MergedTags {
  /** the tag fields, each with the same tags; undefined where a field ends up without entries */
  readonly fields: SidecarFields;
  /** every tag, in order */
  readonly sources: readonly TagSource[];
  readonly removed: readonly TagSource[];
}

/**
 * Brings together the tags that stand in a sidecar, what others have done to them since we wrote it (`record`), and those
 * that are offered now. Nothing that others wrote goes, unless others removed it:
 * - what somebody added stays, what somebody deleted stays away, until a person types it anew;
 * - a tag of ours goes when nobody says it any more who was asked this time;
 * - without a record nothing is deleted, since it can't be told who did what;
 * - every tag stands in all three fields: readers look at the first that they find.
 */
export function mergeTags(
  standing: SidecarFields,
  content: Pick<SidecarContent, 'tags' | 'asked'>,
  beside: readonly SidecarTag[],
  record: SidecarRecord | undefined,
  standsIn: string = IN_SIDECAR,
): MergedTags {
  const before = record ? edited(standing, record) : foundIn(standing, standsIn);
  const removed = removedTags(before.deleted, content.tags, record);
  for (const { key } of before.tags.values()) removed.delete(key);
  const removedNames = new Set([...removed.values()].map(({ name }) => name).filter(Boolean));
  const known = [...before.tags.values(), ...removed.values()].map(placeOf);
  const words = new Set(known.flatMap((tag) => (tag.path.length > 1 ? wordsOf(tag) : [])));
  const ours = content.tags.map(clean);
  const offers = [...beside.map(clean).filter((tag) => !isWordOf(words, tag)), ...ours].filter((tag) => {
    const { key, name } = sourceOf(tag);
    return key !== '' && !removed.has(key) && !removedNames.has(name);
  });

  const offered = new Map<string, TagSource>();
  for (const tag of offers) {
    const { key, name, origin } = sourceOf(tag);
    const same = offered.get(key);
    offered.set(key, { key, name: firstOf(same?.name, name), origin: joinOrigins(same?.origin ?? '', origin) });
  }
  const sources = new Map<string, TagSource>();
  const withdrawn = new Set<string>();
  for (const source of before.tags.values()) {
    const offer = offered.get(source.key);
    const origin = joinOrigins(lastingOrigin(source.origin, content.asked), offer?.origin ?? '');
    if (origin) sources.set(source.key, { ...source, name: firstOf(offer?.name, source.name), origin });
    else withdrawn.add(source.key);
  }
  for (const [key, source] of offered) if (!sources.has(key)) sources.set(key, source);

  const gone = [...before.deleted, ...withdrawn].filter((key) => !sources.has(key));
  return {
    fields: fieldsOf(standing, [...sources.values()].map(placeOf), gone, ours),
    sources: [...sources.values()],
    removed: [...removed.values()],
  };
}

interface Before {
  /** by key, in order */
  readonly tags: ReadonlyMap<string, TagSource>;
  /** keys */
  readonly deleted: readonly string[];
}

function foundIn(standing: SidecarFields, origin: string): Before {
  return { tags: new Map(standingTags(standing).map((tag) => [keyOf(tag.path), found(tag, origin)])), deleted: [] };
}

function edited(standing: SidecarFields, record: SidecarRecord): Before {
  const { added, deleted } = tagEdits(standing, record);
  const kept = [...record.tags].filter(([key]) => !deleted.has(key));
  const more = [...added].map(([key, tag]): [string, TagSource] => [key, found(tag, IN_SIDECAR)]);
  return { tags: new Map([...kept, ...more]), deleted: [...deleted] };
}

const found = ({ path }: TagPlace, origin: string): TagSource => ({ key: keyOf(path), origin, name: '' });

/** Tags that were found somewhere have no name. */
const firstOf = (...names: readonly (string | undefined)[]): string => names.find(Boolean) ?? '';

/** What was removed earlier and now, without what a person typed in this time. */
function removedTags(
  deleted: readonly string[],
  offered: readonly SidecarTag[],
  record: SidecarRecord | undefined,
): Map<string, TagSource> {
  const removed = new Map(record?.removed);
  for (const key of deleted) {
    const source = record?.tags.get(key);
    if (source) removed.set(key, source);
  }
  const typed = offered.filter(({ origin }) => origin === TYPED).map((tag) => sourceOf(clean(tag)));
  for (const [key, { name }] of removed) {
    if (typed.some((tag) => tag.key === key || (name !== '' && tag.name === name))) removed.delete(key);
  }
  return removed;
}

/** digiKam writes `Places/Home` into a sidecar and its flat keyword `Home` into the image: those are one tag. */
const isWordOf = (words: ReadonlySet<string>, { path }: TagPlace): boolean =>
  path.length === 1 && words.has(path[0] ?? '');

/** Without levels, when nothing of the tag itself can be written. */
function clean(tag: SidecarTag): SidecarTag {
  const leaf = cleanText(tag.leaf);
  return { ...tag, leaf, path: leaf ? tag.path.map(cleanText).filter(Boolean) : [] };
}

/** The three fields, and those mirrors of digiKam's that are there. */
function fieldsOf(
  standing: SidecarFields,
  tags: readonly TagPlace[],
  gone: readonly string[],
  ours: readonly TagPlace[],
): SidecarFields {
  const fields = TAG_FIELDS.filter((field, index) => index < 3 || standing[field] !== undefined);
  const merged = Object.fromEntries(fields.map((field) => [field, entriesOf(field, standing, tags, gone)] as const));
  // darktable makes dc:subject anew from the other field, where `/` and `|` are look-alikes
  const exact = new Map(ours.map(({ leaf }) => [toLevel(leaf), leaf]));
  const subject = merged['subject']?.map((word) => exact.get(word) ?? word);
  return { ...merged, ...(subject && { subject: [...new Set(subject)] }) };
}

/** What stands, in its order and spelling, without what is gone; then the tags that it lacks. */
function entriesOf(
  field: TagField,
  standing: SidecarFields,
  tags: readonly TagPlace[],
  gone: readonly string[],
): readonly string[] | undefined {
  const separator = SEPARATORS[field];
  const sameness = (entry: string): string => keyOf(levelsOf(entry, separator));
  const namesOf = (tag: TagPlace): readonly string[] => (separator ? [keyOf(tag.path)] : wordsOf(tag));
  const wanted = new Set(tags.flatMap(namesOf));
  const unwanted = new Set(gone.flatMap((key) => namesOf(placeOf({ key, origin: '', name: '' }))));
  const emptied = isEmptied(standing);
  const entries = (standing[field] ?? []).filter((entry) => {
    const name = sameness(entry);
    if (wanted.has(name) || isDarktables(entry)) return true;
    // the fields that Immich does not know still hold what was removed there
    return entry !== '' && !emptied && !unwanted.has(name);
  });
  const seen = new Set(entries.map(sameness));
  for (const tag of tags) {
    const entry = separator ? tag.path.join(separator) : tag.leaf;
    const name = sameness(entry);
    if (name && !seen.has(name)) entries.push(entry);
    seen.add(name);
  }
  if (entries.length > 0) return entries;
  return field === 'tagsList' && emptied ? standing.tagsList : undefined;
}
