import { LIST_FIELDS, TEXT_FIELDS, type SidecarFields } from '../../core/sidecar/fields.ts';
import { FIELD_TABLE } from './fieldTable.ts';

/**
 * ExifTool's arguments that turn `standing` into `wanted`: one value an argument, never `-sep`, which would cut tags with
 * commas. Lists grow by `+=`, so that entries of others are not rewritten. Empty when both say the same.
 */
export function writeArguments(standing: SidecarFields, wanted: SidecarFields): readonly string[] {
  const lists = LIST_FIELDS.flatMap((field) => {
    const { tag } = FIELD_TABLE[field];
    const before = standing[field] ?? [];
    const after = wanted[field] ?? [];
    // `['']` (every tag removed) is replaced; otherwise what stands is the beginning of what is wanted
    const replace = before.length > 0 && before[0] !== after[0];
    return after.slice(replace ? 0 : before.length).map((entry) => `-${tag}${replace ? '' : '+'}=${entry}`);
  });
  const texts = TEXT_FIELDS.flatMap((field) => {
    const text = wanted[field];
    return text === undefined || text === standing[field] ? [] : [`-${FIELD_TABLE[field].tag}=${text}`];
  });
  return [...lists, ...texts];
}
