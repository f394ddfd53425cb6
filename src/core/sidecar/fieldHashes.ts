import { LIST_FIELDS, TEXT_FIELDS, type ListField, type TextField } from './fields.ts';

/** Of each field what we wrote last: one hash, or for the entries of a list that we share with others, one for each of ours. */
export type FieldHashes = ReadonlyMap<ListField | TextField, readonly string[]>;

const KNOWN: ReadonlySet<string> = new Set([...LIST_FIELDS, ...TEXT_FIELDS]);

/** `tagsList=1a2b3c4d creator=2b3c4d5e,3c4d5e6f` */
export function formatFieldHashes(hashes: FieldHashes): string | undefined {
  const parts = [...hashes].flatMap(([field, values]) => (values.length > 0 ? [`${field}=${values.join(',')}`] : []));
  return parts.length > 0 ? parts.sort().join(' ') : undefined;
}

/** The way back. What can't be understood is left out: its field then counts as another's. */
export function parseFieldHashes(text: string | undefined): FieldHashes {
  return new Map(
    (text ?? '').split(' ').flatMap((part): [ListField | TextField, readonly string[]][] => {
      const [field = '', values = ''] = part.split('=', 2);
      return KNOWN.has(field) && values ? [[field as ListField | TextField, values.split(',')]] : [];
    }),
  );
}
