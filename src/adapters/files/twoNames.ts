import { lstat, realpath } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { codeOf } from './fileErrors.ts';

/** undefined: nothing is there */
export async function factsOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** One file with (at least) two names. Some file systems have no inode numbers and give 0, or make them up: names count too. */
export const areTwoNames = (a: BigIntStats, b: BigIntStats): boolean =>
  a.ino !== 0n && a.ino === b.ino && a.dev === b.dev && a.nlink >= 2n;

/** The same entry of the same folder by another spelling (case, Unicode form, a link on the way): removing one removes it. */
export async function isOneEntry(from: string, to: string): Promise<boolean> {
  const spelling = (path: string): string => basename(path).normalize('NFC').toLowerCase();
  if (spelling(from) !== spelling(to)) return false;
  return (await realpath(dirname(from))) === (await realpath(dirname(to)));
}

/** Whether what is at `a` and at `b` is one file with one name. @throws the system's error */
export async function isOneFile(first: string, second: string): Promise<boolean> {
  const [a, b] = await Promise.all([factsOf(first), factsOf(second)]);
  if (!a || !b) return false;
  // a file with one name has no second one, whatever is on the way to it: links, other mounts, names in another case
  const isSame = a.ino !== 0n && a.ino === b.ino && a.dev === b.dev && a.nlink < 2n;
  return isSame || isOneEntry(first, second);
}

/** Whether `second` is another name of the file `first`, so that taking it away leaves the file. @throws the system's error */
export async function isSecondName(second: string, first: string): Promise<boolean> {
  const [a, b] = await Promise.all([factsOf(second), factsOf(first)]);
  return a !== undefined && b !== undefined && areTwoNames(a, b) && !(await isOneEntry(second, first));
}
