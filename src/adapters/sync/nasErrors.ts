import { stat } from 'node:fs/promises';
import { FatalError, ImageError } from '../../core/model/failure.ts';
import { asFileError, codeOf } from '../files/fileErrors.ts';
import { tooLongName, unfitName } from './unfitNames.ts';

/** What the system says when the other side is gone, not the file. */
const GONE = new Set([
  'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'ENETRESET', 'ENOTCONN', 'ECONNRESET', 'ECONNABORTED',
  'ECONNREFUSED', 'ETIMEDOUT', 'ESTALE', 'ENODEV', 'ENXIO', 'ESHUTDOWN',
]); // prettier-ignore

/** Why the NAS can't be reached, undefined when it can, and the error is about one file alone. */
export async function whyUnreachable(error: unknown, nas: string): Promise<string | undefined> {
  const code = codeOf(error);
  if (code !== undefined && GONE.has(code)) return `The NAS folder ${nas} can't be reached (${code}).`;
  try {
    return (await stat(nas)).isDirectory() ? undefined : `${nas}, which should be the NAS folder, is not a folder.`;
  } catch (gone) {
    return `The NAS folder ${nas} is not there (${codeOf(gone) ?? String(gone)}).`;
  }
}

/** What file systems say of a name that they do not take; some of it also means something else. */
const UNFIT = new Set(['EINVAL', 'EILSEQ', 'ENOENT', 'EIO']);

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
