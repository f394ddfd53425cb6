import { FatalError, ImageError } from '../../core/model/failure.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
/** What passes by itself: a share that is slow, a virus scanner that holds the file. */
const PASSING = new Set(['EBUSY', 'EAGAIN', 'ETIMEDOUT', 'ESTALE', 'EINTR', 'EMFILE', 'ENFILE', 'ETXTBSY']);

export const isPassing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && PASSING.has(String(error.code));

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
    transient: PASSING.has(code),
  });
}
