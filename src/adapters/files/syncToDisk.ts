import { open, type FileHandle } from 'node:fs/promises';
import { codeOf } from './fileErrors.ts';
import { patiently } from './patiently.ts';

/** What file systems say that know no fsync (some FUSE and network mounts), or none for folders (Windows). */
const NOT_SUPPORTED = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EPERM', 'EACCES', 'EBADF']);

const WINDOWS = process.platform === 'win32';

/** How a file is opened that is to be flushed. Windows flushes only what is open for writing; some mounts open no file for both. */
export const TO_FLUSH = WINDOWS ? 'r+' : 'r';

/** fsync of an open file. */
export async function syncHandle(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (!NOT_SUPPORTED.has(codeOf(error) ?? '')) throw error;
  }
}

/** fsync of a file by its path. */
export function syncFile(path: string): Promise<void> {
  return syncPath(path, TO_FLUSH);
}

/** fsync of a folder, so that the names in it survive a power cut. Windows has no such thing. */
export async function syncFolder(path: string): Promise<void> {
  if (!WINDOWS) await syncPath(path, 'r');
}

async function syncPath(path: string, flags: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await patiently(() => open(path, flags));
  } catch (error) {
    if (NOT_SUPPORTED.has(codeOf(error) ?? '')) return;
    throw error;
  }
  try {
    await syncHandle(handle);
  } finally {
    await handle.close();
  }
}
