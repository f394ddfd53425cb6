import { stat } from 'node:fs/promises';
import { FatalError, ImageError } from '../../core/model/failure.ts';
import type { There } from '../../core/sync/syncEngine.ts';
import { asFileError, codeOf } from '../files/fileErrors.ts';
import { isServerGone } from '../files/serverGone.ts';
import { tooLongName, unfitName } from './unfitNames.ts';
import { unseen } from './unseen.ts';

/** Why the NAS can't be reached, undefined when it can, and the error is about one file alone. */
export async function whyUnreachable(error: unknown, nas: string): Promise<string | undefined> {
  if (isServerGone(error)) return `The NAS folder ${nas} can't be reached (${codeOf(error) ?? ''}).`;
  try {
    return (await stat(nas)).isDirectory() ? undefined : `${nas}, which should be the NAS folder, is not a folder.`;
  } catch (gone) {
    return `The NAS folder ${nas} is not there (${codeOf(gone) ?? String(gone)}).`;
  }
}

/** What file systems say of a name that they do not take; some of it also means something else. */
const UNFIT = new Set(['EINVAL', 'EILSEQ', 'ENOENT', 'EIO']);

/** Nothing can stand under such a name; what copies there says what is wrong with it. */
const NO_SUCH_NAME = new Set(['ENAMETOOLONG', 'EINVAL', 'EILSEQ']);

/** What stands at a place that can't be looked at, by the system's name of the error; undefined: nothing. */
export function unseenBy(code: string): There | undefined {
  if (NO_SUCH_NAME.has(code)) return undefined;
  return unseen(code === 'EACCES' || code === 'EPERM' ? `no permission (${code})` : code);
}

/**
 * An error about one file on the NAS. A full NAS is the trouble of its images, not of the run.
 * @param place its path relative to the NAS folder
 */
export function asSyncError(error: unknown, destination: string, place: string): Error {
  const code = codeOf(error);
  if (code === 'ENAMETOOLONG') return tooLongName(destination);
  const unfit = code !== undefined && UNFIT.has(code) ? unfitName(destination, place) : undefined;
  if (unfit) return unfit;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EEXIST') {
    const message = `${destination} can't be written: something else is in the place of its folder (${code}).`;
    return new ImageError('not-writable', message, { cause: error });
  }
  const mapped = asFileError(error, destination, 'write');
  if (!(mapped instanceof FatalError)) return mapped;
  return new ImageError('no-space', `The NAS is full: ${destination} can't be written.`, { cause: error });
}
