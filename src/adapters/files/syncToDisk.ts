import { open, type FileHandle } from 'node:fs/promises';
import { codeOf } from './fileErrors.ts';
import { patiently } from './patiently.ts';

/** What file systems say that know no fsync (some FUSE and network mounts), or none for folders (Windows). */
const NOT_SUPPORTED = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EPERM', 'EACCES', 'EBADF']);

const WINDOWS = process.platform === 'win32';

/**
 * Opens a file that is to be flushed, to read as well. For writing, since Windows flushes nothing else, and the CIFS of Linux
 * passes over the flush of a file that nobody has open for it. A copy may be read-only, and some mounts open no file for both.
 */
export async function openToFlush(path: string): Promise<FileHandle> {
  try {
    return await patiently(() => open(path, 'r+'));
  } catch (error) {
    if (!NOT_SUPPORTED.has(codeOf(error) ?? '')) throw error;
    return patiently(() => open(path, 'r'));
  }
}

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
  return syncOpened(openToFlush(path));
}

/** fsync of a folder, so that the names in it survive a power cut. Windows has no such thing. */
export async function syncFolder(path: string): Promise<void> {
  if (!WINDOWS) await syncOpened(patiently(() => open(path, 'r')));
}

async function syncOpened(opening: Promise<FileHandle>): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await opening;
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
