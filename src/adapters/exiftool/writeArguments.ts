import { LIST_FIELDS, TEXT_FIELDS, type ListField, type SidecarFields } from '../../core/sidecar/fields.ts';
import { formatAcdseeCategories } from './acdseeCategories.ts';
import { FIELD_TABLE } from './fieldTable.ts';

/**
 * ExifTool's arguments that turn `standing` into `wanted`: one value an argument, never `-sep`, which would cut tags with
 * commas. Empty when both say the same.
 */
export function writeArguments(standing: SidecarFields, wanted: SidecarFields): readonly string[] {
  const lists = LIST_FIELDS.flatMap((field) => listArguments(field, standing[field] ?? [], wanted[field] ?? []));
  const texts = TEXT_FIELDS.flatMap((field) => {
    const text = wanted[field] ?? '';
    return text === (standing[field] ?? '') ? [] : [`-${FIELD_TABLE[field].tag}=${text}`];
  });
  return [...lists, ...texts];
}

/** A list that only grows does so by `+=`, so that its entries are not written anew; `=` where there is none is quicker. */
function listArguments(field: ListField, before: readonly string[], after: readonly string[]): readonly string[] {
  const { tag } = FIELD_TABLE[field];
  const grows = before.every((entry, index) => entry === after[index]);
  if (grows && after.length === before.length) return [];
  if (field === 'acdseeCategories') return [`-${tag}=${after.length > 0 ? formatAcdseeCategories(after) : ''}`];
  if (after.length === 0) return [`-${tag}=`];
  const added = grows ? after.slice(before.length) : after;
  return added.map((entry) => `-${tag}${grows && before.length > 0 ? '+' : ''}=${entry}`);
}
