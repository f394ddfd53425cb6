import { ImageError } from '../../core/model/failure.ts';
import { asFileError, codeOf, isPassing } from '../files/fileErrors.ts';

/** What is said of any file that can't be written says it of a sidecar as well. */
const OF_ANY_FILE = new Set(['ENOSPC', 'EDQUOT', 'ENAMETOOLONG']);
/** No descriptors are left for a moment, or a virus scanner holds the program. */
const CROWDED = new Set(['EMFILE', 'ENFILE', 'ETXTBSY']);

/** Nothing is wrong with the file, and another try may well succeed. */
export const isWorthAnotherTry = (error: unknown): boolean => isPassing(error) || CROWDED.has(codeOf(error) ?? '');

/** An error while a sidecar is written: those of the file system as the house's errors, all others as they are. */
export function fileError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'syscall' in error ? codeOf(error) : undefined;
  if (code === undefined) return error;
  if (OF_ANY_FILE.has(code)) return asFileError(error, path, 'write');
  return new ImageError('not-writable', `${path} can't be written (${code}).`, {
    cause: error,
    transient: isWorthAnotherTry(error),
  });
}
