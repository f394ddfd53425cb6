import { cleanText } from './cleanText.ts';
import type { SidecarContent, SidecarTag } from './content.ts';
import type { SidecarFields, TextField } from './fields.ts';
import { levelsOf, standingTags } from './standingTags.ts';
import type { LevelSeparator } from './tagPath.ts';

/**
 * What a sidecar is to say when our content joins what stands there. Nothing that stands is changed or removed: lists grow
 * at their end by what they lack, texts are filled in where there is none. Merging the result once more changes nothing.
 */
export function mergeFields(standing: SidecarFields, content: SidecarContent): SidecarFields {
  return {
    ...standing,
    ...mergeTags(standing, content.tags),
    ...list('creator', standing.creator, content.creators),
    ...list('relation', standing.relation, content.relations),
    // Of a pair that says one thing twice, readers prefer one or the other: ours beside theirs would hide theirs.
    ...fill(standing, content.description, ['description', 'imageDescription']),
    ...fill(standing, content.date, ['dateTimeOriginal', 'dateCreated']),
    ...fill(standing, content.source, ['source']),
    ...fill(standing, content.identifier, ['identifier']),
    ...fill(standing, content.title, ['title']),
    ...fill(standing, content.adultContentWarning, ['adultContentWarning']),
    ...fill(standing, content.rating?.toString(), ['rating']),
    ...fill(standing, content.creatorTool, ['creatorTool']),
  };
}

/**
 * Each tag goes to all three fields. Tags of others that stand in one field only are carried into the other two as well:
 * readers look at the first field that they find, so a TagsList of ours alone would hide them.
 */
function mergeTags(standing: SidecarFields, content: readonly SidecarTag[]): SidecarFields {
  const ours = content.flatMap((tag) => {
    const path = tag.path.map(cleanText).filter(Boolean);
    return path.length > 0 ? [{ path, leaf: cleanText(tag.leaf) }] : [];
  });
  const oursByPath = new Set(ours.map((tag) => tag.path.join('/')));
  const { from, tags } = standingTags(standing);
  const theirs = tags.filter((tag) => !oursByPath.has(tag.path.join('/')));
  const into = (field: 'tagsList' | 'hierarchicalSubject' | 'subject', separator: LevelSeparator | undefined) => {
    const entries = [...(from === field ? [] : theirs), ...ours].map((tag) =>
      separator ? tag.path.join(separator) : tag.leaf,
    );
    return list(field, standing[field], entries, (entry) => levelsOf(entry, separator).join('/'));
  };
  return { ...into('tagsList', '/'), ...into('hierarchicalSubject', '|'), ...into('subject', undefined) };
}

/** `standing`, then what it lacks. Nothing to add leaves the field as it is, even where it is absent or `['']`. */
function list(
  field: 'tagsList' | 'hierarchicalSubject' | 'subject' | 'creator' | 'relation',
  standing: readonly string[] | undefined,
  ours: readonly string[],
  sameness: (entry: string) => string = cleanText,
): SidecarFields {
  const entries = standing?.some(Boolean) ? [...standing] : [];
  const before = entries.length;
  const seen = new Set(entries.map(sameness));
  for (const entry of ours.map(cleanText)) {
    const key = sameness(entry);
    if (!key || seen.has(key)) continue;
    seen.add(key);
    entries.push(entry);
  }
  return entries.length > before ? { [field]: entries } : {};
}

/** The text in each of the fields, unless one of them says something already. */
function fill(standing: SidecarFields, text: string | undefined, fields: readonly TextField[]): SidecarFields {
  const clean = cleanText(text ?? '');
  if (!clean || fields.some((field) => standing[field])) return {};
  return Object.fromEntries(fields.map((field) => [field, clean]));
}
