import type { SidecarContent, SidecarTag } from './content.ts';
import { formatFieldHashes, type FieldHashes } from './fieldHashes.ts';
import { TEXT_FIELDS, type SidecarFields, type TextField } from './fields.ts';
import { mergeEntries } from './mergeEntries.ts';
import { mergeTags } from './mergeTags.ts';
import { mergeText, type TextOffer } from './mergeText.ts';
import { IN_IMAGE, IN_OTHER_SIDECAR, IN_SIDECAR } from './origin.ts';
import { recordOf } from './record.ts';
import { standingTags } from './standingTags.ts';
import { formatTagSources } from './tagSources.ts';
import { listHash } from './textHash.ts';

/** What else is known of an image, and who wrote it; never changed. */
export interface Beside {
  /** in the metadata of the image itself. Readers put the sidecar's over it, field by field */
  readonly image?: SidecarFields | undefined;
  /** in a sidecar of the other naming style. Readers ignore it when ours is there */
  readonly otherSidecar?: SidecarFields | undefined;
  /** ours is not there yet and begins as a copy of the other */
  readonly standsInOther?: boolean;
}

export interface Merged {
  /** all that the sidecar is to say in the fields that we know; what is not in it is to go */
  readonly fields: SidecarFields;
  /** for people: what both sides changed, where ours gave way */
  readonly conflicts: readonly string[];
}

/**
 * What a sidecar is to say when our content joins what stands there: a three-way merge where the sidecar holds a record of
 * what we wrote last, else one in which nothing is changed or removed. Merging the result once more changes nothing.
 */
export function mergeFields(standing: SidecarFields, content: SidecarContent, beside: Beside = {}): Merged {
  const record = recordOf(standing);
  const hashes: FieldHashes = record?.hashes ?? new Map();
  const { image, otherSidecar, standsInOther = false } = beside;
  // What the other sidecar says is taken over once: what of it is gone later was deleted by somebody.
  const before = record ? standing : { ...besidesTags(otherSidecar), ...standing };

  const offers = [...offeredTags(image, IN_IMAGE), ...offeredTags(otherSidecar, IN_OTHER_SIDECAR)];
  const tags = mergeTags(standing, content, offers, record, standsInOther ? IN_OTHER_SIDECAR : IN_SIDECAR);
  const entries = (field: 'creator' | 'relation', ours: readonly string[]) =>
    mergeEntries(before[field], [...(image?.[field] ?? []), ...ours], hashes.get(field), content.asked.search);
  const creator = entries('creator', content.creators);
  const relation = entries('relation', content.relations);
  const isRated = tags.sources.some(({ name }) => name.startsWith('rating:'));
  const texts = textOffers(content, isRated).map((offer) => ({
    name: offer.name,
    ...mergeText(before, isSaidBy(image, offer) ? { ...offer, text: undefined, withdrawn: true } : offer, hashes),
  }));

  const ours: FieldHashes = new Map([
    ...(['tagsList', 'hierarchicalSubject', 'subject'] as const).flatMap((field) => {
      const list = tags.fields[field];
      return list ? ([[field, [listHash(list)]]] as const) : [];
    }),
    ['creator', creator.hashes],
    ['relation', relation.hashes],
    ...texts.flatMap((text) => [...text.hashes].map(([field, hash]) => [field, [hash]] as const)),
  ]);
  return {
    fields: withoutGaps({
      ...standing,
      ...tags.fields,
      creator: creator.entries,
      relation: relation.entries,
      ...(Object.assign({}, ...texts.map((text) => text.fields)) as SidecarFields),
      tagSources: formatTagSources(tags.sources),
      removedTags: formatTagSources(tags.removed),
      fieldHashes: formatFieldHashes(ours),
    }),
    conflicts: texts.flatMap(({ name, conflict }) => (conflict === undefined ? [] : [`${name}: ${conflict}`])),
  };
}

/** Of a pair that says one thing twice, readers prefer one or the other: ours beside theirs would hide theirs. */
function textOffers(content: SidecarContent, isRated: boolean): readonly (TextOffer & { readonly name: string })[] {
  const withdrawn = content.asked.search;
  const { description, date, source, identifier, title, adultContentWarning, digitalSourceType, creatorTool } = content;
  const rating = content.rating?.toString();
  return [
    { name: 'description', fields: ['description', 'imageDescription'], text: description, withdrawn },
    { name: 'date', fields: ['dateTimeOriginal', 'dateCreated'], text: date, withdrawn },
    { name: 'source', fields: ['source'], text: source, withdrawn },
    { name: 'identifier', fields: ['identifier'], text: identifier, withdrawn },
    { name: 'title', fields: ['title'], text: title, withdrawn },
    { name: 'content warning', fields: ['adultContentWarning'], text: adultContentWarning, withdrawn: !isRated },
    { name: 'digital source type', fields: ['digitalSourceType'], text: digitalSourceType, withdrawn },
    { name: 'rating', fields: ['rating'], text: rating, withdrawn: false, fixed: true },
    { name: 'creator tool', fields: ['creatorTool'], text: creatorTool, withdrawn: false },
  ];
}

/** The image says it itself, and ours in the sidecar would hide that. The tool is the sidecar's own; 0 stars are none. */
function isSaidBy(image: SidecarFields | undefined, { fields }: TextOffer): boolean {
  return fields.some((field) => {
    const text = field === 'creatorTool' ? undefined : image?.[field];
    return text !== undefined && !(field === 'rating' && Number(text) === 0);
  });
}

const offeredTags = (fields: SidecarFields | undefined, origin: string): readonly SidecarTag[] =>
  fields ? standingTags(fields).map((tag) => ({ ...tag, name: '', origin })) : [];

const OUR_FIELDS: ReadonlySet<TextField> = new Set(['creatorTool', 'tagSources', 'removedTags', 'fieldHashes']);

function besidesTags(fields: SidecarFields | undefined): SidecarFields {
  if (!fields) return {};
  const taken = [...TEXT_FIELDS.filter((field) => !OUR_FIELDS.has(field)), 'creator' as const, 'relation' as const];
  return Object.fromEntries(taken.flatMap((field) => (fields[field] === undefined ? [] : [[field, fields[field]]])));
}

const withoutGaps = (fields: Readonly<Record<string, string | readonly string[] | undefined>>): SidecarFields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
