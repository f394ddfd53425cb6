import { ImageError } from '../../core/model/failure.ts';

/** What Windows, exFAT, NTFS and many SMB shares take in no name. */
const UNFIT = /[<>:"|?*\\]|[. ](?=\/|$)/;

/** An error that came of a name which the NAS does not take; undefined when every NAS takes it. @param place relative to the NAS folder */
export function unfitName(where: string, place: string): ImageError | undefined {
  const found = UNFIT.exec(place)?.[0];
  if (found === undefined) return undefined;
  const what = found === '.' || found === ' ' ? 'that ends with a dot or a space' : `with ${found}`;
  return new ImageError('unsafe-name', `${where} can't be written: this NAS takes no name ${what}. ${ADVICE}`);
}

export const tooLongName = (where: string): ImageError =>
  new ImageError('unsafe-name', `${where} can't be written: its name is too long for this NAS. ${ADVICE}`);

const ADVICE = 'Rename it in the sorted folder, and sync again.';
