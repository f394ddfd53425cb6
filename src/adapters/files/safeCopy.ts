import type { Stats } from 'node:fs';
import { rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ImageError } from '../../core/model/failure.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import { asidePath } from './asidePath.ts';
import { areAttributesRefused } from './attributesRefused.ts';
import { copyBytes } from './copyBytes.ts';
import { asFileError, codeOf } from './fileErrors.ts';
import { hashFile } from './hashFile.ts';
import { syncFile, syncFolder } from './syncToDisk.ts';
import { takeName } from './takeName.ts';

/**
 * Copies a file to a free name: aside, verified against `sha256`, times and permissions set, fsync, named, fsync of the folder.
 *
 * To repeat it is safe: a regular file of that name with these bytes counts as the copy that was made before. It can't be
 * told from one that somebody else put there, so the caller looks whether the name is free before the first attempt.
 *
 * @param aside where it is built; in the same folder
 * @throws ImageError `exists`, `changed`, `verify-failed`, `vanished`, `unreadable`, `not-writable`; FatalError `no-space`
 */
export async function safeCopy(
  from: string,
  to: string,
  sha256: ContentHash,
  signal: AbortSignal,
  aside = asidePath(to),
): Promise<void> {
  try {
    if (await hasBytes(to, sha256, signal)) await rm(aside, { force: true });
    else await copyToFreeName(from, to, sha256, signal, aside);
  } catch (error) {
    throw asFileError(error, to, 'write');
  }
}

/** The copy itself. @throws ImageError or the system's error; no part of the copy is left then */
export async function copyToFreeName(
  from: string,
  to: string,
  sha256: ContentHash,
  signal: AbortSignal,
  aside: string,
): Promise<void> {
  signal.throwIfAborted();
  await rm(aside, { force: true });
  try {
    await copyVerified(from, aside, sha256, signal);
    if ((await takeName(aside, to)) === 'linked') await rm(aside);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw codeOf(error) === 'EEXIST' ? asFileError(error, to, 'write') : error;
  }
  await syncFolder(dirname(to));
}

async function copyVerified(from: string, aside: string, sha256: ContentHash, signal: AbortSignal): Promise<void> {
  const source = await copyBytes(from, aside);
  if ((await hashFile(aside, signal)) !== sha256) {
    if ((await hashFile(from, signal)) !== sha256) {
      throw new ImageError('changed', `${from} no longer has the bytes that were read first.`);
    }
    throw new ImageError('verify-failed', `The copy of ${from} came out different.`, { transient: true });
  }
  await setTimes(aside, source);
  await syncFile(aside);
}

/** Of a picture without metadata its time is all that says when it was taken: no copy is better than one without it. */
async function setTimes(path: string, { atime, mtimeMs }: Stats): Promise<void> {
  try {
    await utimes(path, atime, mtimeMs / 1000);
  } catch (error) {
    if (!areAttributesRefused(error)) throw error;
    throw new ImageError(
      'not-writable',
      `${dirname(path)} lets nobody but the owner of its files set their times (${codeOf(error)}), and a copy would lose that of its original. Mount it with your user as the owner.`,
      { cause: error },
    );
  }
}

/** Whether a regular file, not a link to one, is there and has these bytes. */
export async function hasBytes(path: string, sha256: ContentHash, signal: AbortSignal): Promise<boolean> {
  try {
    return (await hashFile(path, signal)) === sha256;
  } catch (error) {
    if (error instanceof ImageError || codeOf(error) === 'ELOOP') return false;
    throw error;
  }
}
