import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ContentHash } from '../../core/model/ids.ts';
import { asidePath } from './asidePath.ts';
import { asFileError } from './fileErrors.ts';
import { hashFile } from './hashFile.ts';
import { safeCopy } from './safeCopy.ts';
import { syncFolder } from './syncToDisk.ts';

/**
 * Gives the file at `path` the bytes, times and permissions of another: aside, verified, fsync, renamed over, fsync of the
 * folder. At each moment one of the two is there as a whole.
 * @param was SHA-256 of the bytes that are replaced; a file that has others by then stays
 * @param becomes SHA-256 of the bytes of `from`
 * @returns whether it was replaced
 * @throws ImageError `changed`, `verify-failed`, `vanished`, `unreadable`, `not-writable`; FatalError `no-space`
 */
export async function replaceFile(
  path: string,
  was: ContentHash,
  from: string,
  becomes: ContentHash,
  signal: AbortSignal,
): Promise<boolean> {
  const aside = asidePath(path);
  try {
    // what a killed attempt left may be half a copy
    await rm(aside, { force: true });
    await safeCopy(from, aside, becomes, signal);
    if ((await hashFile(path, signal)) !== was) {
      await rm(aside);
      return false;
    }
    await rename(aside, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw asFileError(error, path, 'write');
  }
}
