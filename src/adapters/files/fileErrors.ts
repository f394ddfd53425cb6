import { FatalError, ImageError } from '../../core/model/failure.ts';

/** The system's name of an error (`ENOENT`), undefined where it has none. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const isFull = (code: string): boolean => code === 'ENOSPC' || code === 'EDQUOT';
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Whether permissions are in the way. */
export const isForbidden = (error: unknown): boolean => FORBIDDEN.has(codeOf(error) ?? '');
/** Somebody else holds the file, or a network drive hesitates: gone in a moment. */
const PASSING = new Set(['EBUSY', 'EAGAIN', 'ETIMEDOUT', 'ESTALE', 'EINTR']);

/** Whether another try may well succeed. */
export const isPassing = (error: unknown): boolean => PASSING.has(codeOf(error) ?? '');

/**
 * A file system error as the port promises it. Errors that are ours already, or that are no file system errors (an abort),
 * come back as they are.
 */
export function asFileError(error: unknown, path: string, doing: 'read' | 'write'): Error {
  const code = codeOf(error);
  if (error instanceof ImageError || error instanceof FatalError) return error;
  if (code === undefined || !(error instanceof Error) || !('errno' in error)) return asError(error);
  const cause = { cause: error };
  const reason = doing === 'read' ? 'unreadable' : 'not-writable';
  const cannot = doing === 'read' ? "can't be read" : "can't be written, moved or removed";
  if (isFull(code)) return new FatalError('no-space', `The disk of ${path} is full. Make room, then go on.`, cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') return new ImageError('vanished', `${path} is not there.`, cause);
  if (code === 'EEXIST') return new ImageError('exists', `${path} exists already.`, cause);
  if (code === 'EISDIR' || code === 'ELOOP')
    return new ImageError('not-a-file', `${path} is not a regular file.`, cause);
  if (code === 'ENAMETOOLONG') {
    return new ImageError('unsafe-name', `${path} has a name that is too long for the file system.`, cause);
  }
  if (isForbidden(error)) return new ImageError(reason, `${path} ${cannot}: no permission (${code}).`, cause);
  if (isPassing(error)) {
    return new ImageError(reason, `${path} ${cannot} at the moment (${code}).`, { ...cause, transient: true });
  }
  return new ImageError(reason, `${path} ${cannot} (${code}).`, cause);
}

/** The same for a file of our own in the working folder, without which no run can go on. */
export function asWorkingFolderError(error: unknown, path: string): Error {
  const code = codeOf(error);
  if (error instanceof FatalError || code === undefined || !(error instanceof Error) || !('errno' in error)) {
    return asError(error);
  }
  return isFull(code)
    ? new FatalError('no-space', `The disk of ${path} is full. Make room, then resume.`, { cause: error })
    : new FatalError('not-writable', `${path} can't be used (${code}). Check the permissions of its folder.`, {
        cause: error,
      });
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
