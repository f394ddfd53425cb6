import type { Stats } from 'node:fs';
import { lstat, rename, rm, stat, utimes } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import { asidePath } from '../files/asidePath.ts';
import { copyBytes } from '../files/copyBytes.ts';
import { asFileError, codeOf } from '../files/fileErrors.ts';
import { hashFile } from '../files/hashFile.ts';
import { syncFile } from '../files/syncToDisk.ts';

export type Verification = 'size' | 'checksum';

export type Mirrored = { readonly kind: 'copied'; readonly bytes: number } | { readonly kind: 'unchanged' };

/** FAT and some SMB servers keep times to two seconds. */
const SAME_TIME_MS = 2000;

/**
 * Brings one file to the NAS: under a temporary name, checked, with its time, fsync, renamed. A copy there that is older is
 * replaced; one that is newer and different was changed there, and stays.
 *
 * The folder is not synced to the disk after the rename: what a power cut of the NAS takes back is copied again.
 *
 * @throws ImageError about the source, `exists` and `verify-failed`; the system's error about the target
 */
export async function mirrorFile(
  source: string,
  target: string,
  verify: Verification,
  signal: AbortSignal,
): Promise<Mirrored> {
  const there = await factsOf(target);
  if (there && (await isSame(source, target, there, signal))) return { kind: 'unchanged' };
  const aside = asidePath(target);
  await rm(aside, { force: true });
  try {
    const facts = await copyBytes(source, aside);
    await assertWhole(source, aside, facts.size, verify, signal);
    await setTime(aside, facts);
    await syncFile(aside);
    signal.throwIfAborted();
    await rename(aside, target);
    return { kind: 'copied', bytes: facts.size };
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** @throws ImageError `exists` when what is there must not be replaced */
async function isSame(source: string, target: string, there: Stats, signal: AbortSignal): Promise<boolean> {
  if (!there.isFile()) throw new ImageError('exists', `${target} is on the NAS, and is not a regular file.`);
  const here = await sourceFacts(source);
  const later = there.mtimeMs - here.mtimeMs;
  if (there.size === here.size) {
    if (Math.abs(later) <= SAME_TIME_MS) return true;
    if ((await hashFile(target, signal)) === (await sourceHash(source, signal))) {
      await setTime(target, here);
      return true;
    }
  }
  if (later > SAME_TIME_MS) {
    throw new ImageError(
      'exists',
      `${target} was changed on the NAS: it is newer than ${source}, and different. Remove one of the two.`,
    );
  }
  return false;
}

async function assertWhole(
  source: string,
  aside: string,
  size: number,
  verify: Verification,
  signal: AbortSignal,
): Promise<void> {
  const isWhole =
    (await stat(aside)).size === size &&
    (verify === 'size' || (await hashFile(aside, signal)) === (await sourceHash(source, signal)));
  if (!isWhole) {
    throw new ImageError('verify-failed', `The copy of ${source} on the NAS came out different.`, { transient: true });
  }
}

/** Some mounts let nobody set times (FUSE, SMB of another owner): the copy is good all the same, and is compared by its bytes. */
async function setTime(path: string, { atime, mtimeMs }: Stats): Promise<void> {
  await utimes(path, atime, mtimeMs / 1000).catch(() => undefined);
}

async function factsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function sourceFacts(source: string): Promise<Stats> {
  try {
    return await lstat(source);
  } catch (error) {
    throw asFileError(error, source, 'read');
  }
}

async function sourceHash(source: string, signal: AbortSignal) {
  try {
    return await hashFile(source, signal);
  } catch (error) {
    throw asFileError(error, source, 'read');
  }
}
