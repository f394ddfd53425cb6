import { cleanText } from './cleanText.ts';
import type { FieldHashes } from './fieldHashes.ts';
import type { SidecarFields, TextField } from './fields.ts';
import { textHash } from './textHash.ts';

/** What we have to say in a field, or in a pair of fields that say one thing twice. */
export interface TextOffer {
  /** the first is the one that every program knows */
  readonly fields: readonly TextField[];
  readonly text: string | undefined;
  /** that there is no text now means that the one of before was wrong */
  readonly withdrawn: boolean;
  /** what stands is never changed, not even when it is ours */
  readonly fixed?: boolean;
}

export interface MergedText {
  readonly fields: SidecarFields;
  readonly hashes: ReadonlyMap<TextField, string>;
  /** what both sides changed, where ours gave way; undefined without conflict */
  readonly conflict?: string;
}

/**
 * A text that still is what we wrote (`hashes`) is replaced by our new one. One that somebody else wrote or changed stays, one
 * that somebody deleted stays away; that is a conflict when ours has changed as well. Of a pair, the half that is ours follows
 * the half that somebody changed: readers prefer one or the other.
 */
export function mergeText(standing: SidecarFields, offer: TextOffer, hashes: FieldHashes): MergedText {
  const { fields, withdrawn, fixed } = offer;
  const text = cleanText(offer.text ?? '') || undefined;
  const known = (field: TextField): string | undefined => hashes.get(field)?.[0];
  const isOurs = (field: TextField): boolean =>
    standing[field] !== undefined && textHash(standing[field]) === known(field);
  const changed = fields.find((field) => standing[field] !== undefined && (!isOurs(field) || fixed));
  const [main] = fields;
  const deleted = !changed && main !== undefined && standing[main] === undefined && known(main) !== undefined;

  if (changed || deleted) {
    const theirs = changed && standing[changed];
    const ours = fields.filter((field) => known(field) !== undefined);
    // the half that follows theirs tells nothing of ours: the other one does
    const isNew = text !== undefined && ours.length > 0 && ours.every((field) => known(field) !== textHash(text));
    const differs = isNew && text !== theirs;
    // what follows theirs stays ours, and follows their next change as well
    const hashOf = (field: TextField): string =>
      isOurs(field) && theirs !== undefined
        ? textHash(theirs)
        : text === undefined
          ? (known(field) ?? '')
          : textHash(text);
    return {
      fields: Object.fromEntries(fields.map((field) => [field, isOurs(field) ? theirs : standing[field]])),
      hashes: new Map(ours.map((field) => [field, hashOf(field)])),
      ...(differs && !fixed && { conflict: conflictOf(theirs, text) }),
    };
  }
  if (text === undefined && !withdrawn) {
    const kept = fields.flatMap((field): [TextField, string][] => {
      const hash = known(field);
      return hash === undefined ? [] : [[field, hash]];
    });
    return { fields: Object.fromEntries(fields.map((field) => [field, standing[field]])), hashes: new Map(kept) };
  }
  return {
    fields: Object.fromEntries(fields.map((field) => [field, text])),
    hashes: new Map(text === undefined ? [] : fields.map((field) => [field, textHash(text)])),
  };
}

function conflictOf(theirs: string | undefined, ours: string): string {
  return theirs === undefined
    ? `was deleted by somebody else and stays so; “${ours}” was not written`
    : `“${theirs}” was written by somebody else and stays; “${ours}” was not written`;
}
