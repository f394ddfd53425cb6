import { codeOf } from './fileErrors.ts';

/**
 * What file systems say on which nobody, or only the owner of the files, sets permissions or times: SMB with files of another
 * user, GVFS, some FUSE mounts. It may also mean something else.
 */
const REFUSED = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

export const areAttributesRefused = (error: unknown): boolean => REFUSED.has(codeOf(error) ?? '');

/** Waits for permissions to be set; where nobody sets them they are the mount's. @throws the system's other errors */
export async function whereAllowed(setting: Promise<void>): Promise<void> {
  try {
    await setting;
  } catch (error) {
    if (!areAttributesRefused(error)) throw error;
  }
}
