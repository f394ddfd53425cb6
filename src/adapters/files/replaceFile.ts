import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ContentHash } from '../../core/model/ids.ts';
import { asidePath } from './asidePath.ts';
import { asFileError } from './fileErrors.ts';
import { safeCopy } from './safeCopy.ts';
import { syncFolder } from './syncToDisk.ts';

/**
 * Gives the file at `path` the bytes, times and permissions of another: aside, verified, fsync, renamed over, fsync of the
 * folder. At each moment one of the two is there as a whole.
 * @param sha256 of the bytes of `from`
 * @throws ImageError `changed`, `verify-failed`, `vanished`, `unreadable`, `not-writable`; FatalError `no-space`
 */
export async function replaceFile(path: string, from: string, sha256: ContentHash, signal: AbortSignal): Promise<void> {
  const aside = asidePath(path);
  try {
    // what a killed attempt left may be half a copy
    await rm(aside, { force: true });
    await safeCopy(from, aside, sha256, signal);
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw asFileError(error, path, 'write');
  }
}
