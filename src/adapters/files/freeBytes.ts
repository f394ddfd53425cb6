import { statfs } from 'node:fs/promises';
import { codeOf } from './fileErrors.ts';

/** What file systems say that were not made to tell (some FUSE and network mounts). */
const NOT_TOLD = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Bytes that we may still write at a path, undefined where its file system does not tell. @throws the system's error */
export async function freeBytes(path: string): Promise<number | undefined> {
  try {
    const { blocks, bavail, bsize } = await statfs(path);
    // libfuse answers with zeros in the name of those that give no answer
    return blocks === 0 ? undefined : bavail * bsize;
  } catch (error) {
    if (NOT_TOLD.has(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}
