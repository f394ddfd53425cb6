import { constants, type Stats } from 'node:fs';
import { copyFile, lstat, open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ImageError } from '../../core/model/failure.ts';
import { areAttributesRefused } from './attributesRefused.ts';
import { asFileError } from './fileErrors.ts';
import { openRegular } from './openRegular.ts';
import { patiently } from './patiently.ts';

/**
 * Copies a file's bytes to a name that must be free, and its permissions where they can be set; a file system that can shares
 * the blocks instead.
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
    if (!areAttributesRefused(error)) throw error;
    await copyBytesAlone(from, to);
  }
  const after = await factsOf(from);
  if (before.size !== after.size || before.mtimeMs !== after.mtimeMs) {
    throw new ImageError('changed', `${from} was changed while it was copied; the next run takes it as it then is.`);
  }
  return before;
}

/** copyFile takes the copy away again when it can't give it the permissions. */
async function copyBytesAlone(from: string, to: string): Promise<void> {
  const source = await openRegular(from);
  try {
    const target = await patiently(() => open(to, 'wx'));
    try {
      await pipeline(source.createReadStream({ autoClose: false }), target.createWriteStream());
    } catch (error) {
      await rm(to, { force: true });
      throw error;
    }
  } finally {
    await source.close();
  }
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
