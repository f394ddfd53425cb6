import { ImageError } from '../../core/model/failure.ts';

/** What Windows, exFAT, NTFS and many SMB shares take in no name. */
const UNFIT = /[<>:"|?*\\]|[. ](?=\/|$)/;

/** An error that came of a name which the NAS does not take; undefined when every NAS takes it. @param place relative to the NAS folder */
export function unfitName(where: string, place: string): ImageError | undefined {
  const what = oddityOf(place);
  if (what === undefined) return undefined;
  return new ImageError('unsafe-name', `${where} can't be written: this NAS takes no name ${what}. ${ADVICE}`);
}

/** A sentence for an error that may have come of the name, and does not tell; empty when every NAS takes the name. */
export function nameHint(place: string): string {
  const what = oddityOf(place);
  return what === undefined ? '' : ` It may be the name: many a NAS takes none ${what}. ${ADVICE}`;
}

export const tooLongName = (where: string): ImageError =>
  new ImageError('unsafe-name', `${where} can't be written: its name is too long for this NAS. ${ADVICE}`);

const ADVICE = 'Rename it in the sorted folder, and sync again.';

function oddityOf(place: string): string | undefined {
  const found = UNFIT.exec(place)?.[0];
  if (found === undefined) return undefined;
  return found === '.' || found === ' ' ? 'that ends with a dot or a space' : `with ${found}`;
}
