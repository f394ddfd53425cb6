import { FatalError, ImageError } from '../../core/model/failure.ts';
import { codeOf, isPassing } from '../files/fileErrors.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
/** No descriptors are left for a moment, or a virus scanner holds the program. */
const CROWDED = new Set(['EMFILE', 'ENFILE', 'ETXTBSY']);

/** Nothing is wrong with the file, and another try may well succeed. */
export const isWorthAnotherTry = (error: unknown): boolean => isPassing(error) || CROWDED.has(codeOf(error) ?? '');

/** An error while a sidecar is written: those of the file system as the house's errors, all others as they are. */
export function fileError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return error;
  if (FULL.has(code))
    return new FatalError('no-space', `The disk of ${path} is full. Make room, then go on.`, { cause: error });
  if (code === 'ENAMETOOLONG') {
    return new ImageError('unsafe-name', `${path} has a name that is too long for the file system.`, { cause: error });
  }
  return new ImageError('not-writable', `${path} can't be written (${code}).`, {
    cause: error,
    transient: isWorthAnotherTry(error),
  });
}
