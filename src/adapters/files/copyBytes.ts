import { constants, type Stats } from 'node:fs';
import { copyFile, lstat } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import { asFileError } from './fileErrors.ts';
import { openRegular } from './openRegular.ts';
import { patiently } from './patiently.ts';

/**
 * Copies a file's bytes and permissions to a name that must be free; a file system that can shares the blocks instead.
 * @returns the source's facts, which were the same before and after
 * @throws ImageError about the source (`vanished`, `unreadable`, `changed`), the system's error about the target
 */
export async function copyBytes(from: string, to: string): Promise<Stats> {
  const before = await factsOf(from);
  try {
    await patiently(() => copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE));
  } catch (error) {
    // copyFile does not say which of the two its error is about
    await assertReadable(from);
    throw error;
  }
  const after = await factsOf(from);
  if (before.size !== after.size || before.mtimeMs !== after.mtimeMs) {
    throw new ImageError('changed', `${from} was changed while it was copied; the next run takes it as it then is.`);
  }
  return before;
}

async function factsOf(path: string): Promise<Stats> {
  try {
    return await lstat(path);
  } catch (error) {
    throw asFileError(error, path, 'read');
  }
}

async function assertReadable(path: string): Promise<void> {
  try {
    await (await openRegular(path)).close();
  } catch (error) {
    throw asFileError(error, path, 'read');
  }
}
