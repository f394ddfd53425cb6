import { utimes } from 'node:fs/promises';

/** Some mounts let nobody set times (FUSE, SMB of another owner): the copy is good all the same, and we remember its time. */
export async function setCopyTime(path: string, atime: Date, mtimeMs: number): Promise<void> {
  await utimes(path, atime, mtimeMs / 1000).catch(() => undefined);
}
