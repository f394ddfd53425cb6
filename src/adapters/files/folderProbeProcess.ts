/**
 * Looks at one folder and tells its parent: a program of its own, since a call on a network drive that hangs can't be taken
 * back. It would keep a thread of the parent for good, and the parent from ending; this process can be killed.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, opendir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FolderFacts } from '../../core/ports/folderProbe.ts';
import { ExcludedFolders } from './excludedFolders.ts';
import { codeOf } from './fileErrors.ts';
import type { FolderAnswer, FolderQuestion } from './folderQuestions.ts';
import { freeBytes } from './freeBytes.ts';

// It ends when the parent lets go of it, not by itself: the end could be seen before the answer.
process.on('message', (question: FolderQuestion) => {
  void answer(question).then((said) => process.send?.(said));
});

async function answer(question: FolderQuestion): Promise<FolderAnswer> {
  return question.kind === 'look'
    ? { kind: 'facts', facts: await look(question.path) }
    : { kind: 'bytes', bytes: await bytesBelow(question.path, new ExcludedFolders(question.exclude)) };
}

async function look(path: string): Promise<FolderFacts> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    const names = await firstName(path);
    const unwritable = await troubleWriting(path);
    const free = await freeBytes(path);
    return {
      kind: 'folder',
      identity: ino === 0n ? '' : `${dev}:${ino}`,
      device: String(dev),
      ...names,
      ...(unwritable !== undefined && { unwritable }),
      ...(free !== undefined && { freeBytes: free }),
    };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return missing(path);
    if (code === 'ENOTDIR') return { kind: 'not-a-folder' };
    return { kind: 'out-of-reach', why: inWords(error) };
  }
}

/** @throws the system's error `ENOTDIR` */
async function firstName(path: string): Promise<{ readonly isEmpty: boolean; readonly unreadable?: string }> {
  try {
    await using folder = await opendir(path);
    return { isEmpty: (await folder.read()) === null };
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') throw error;
    return { isEmpty: false, unreadable: inWords(error) };
  }
}

async function missing(path: string): Promise<FolderFacts> {
  let name = basename(path);
  let above = dirname(path);
  for (;;) {
    const there = await stat(above, { bigint: true }).catch((error: unknown) => error);
    // a drive of Windows that is not there has nothing above it
    if (codeOf(there) !== 'ENOENT' || dirname(above) === above) break;
    name = basename(above);
    above = dirname(above);
  }
  try {
    const { dev } = await stat(above, { bigint: true });
    const uncreatable = await troubleMaking(above, name);
    const free = await freeBytes(above);
    return {
      kind: 'missing',
      ...(uncreatable !== undefined && { uncreatable }),
      device: String(dev),
      ...(free !== undefined && { freeBytes: free }),
    };
  } catch (error) {
    return { kind: 'missing', uncreatable: inWords(error), device: '' };
  }
}

/**
 * Not the folder itself is made, and removed again: a run that begins in this moment would find it there and gone. One of
 * nearly its name shows the same: rights, room, and characters that the file system does not allow.
 */
async function troubleMaking(above: string, name: string): Promise<string | undefined> {
  const probe = join(above, `${name}${PROBE}`);
  try {
    await mkdir(probe);
  } catch (error) {
    return inWords(error);
  }
  const trouble = await troubleWriting(probe);
  await rmdir(probe).catch(() => undefined);
  return trouble;
}

async function troubleWriting(folder: string): Promise<string | undefined> {
  // hidden: no scan of ours or of a photo library looks at it
  const path = join(folder, PROBE);
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile('Image Inbox looks whether it can write here.\n');
      await file.sync();
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
    return undefined;
  } catch (error) {
    return inWords(error);
  }
}

const PROBE = `.image-inbox-${randomBytes(4).toString('hex')}.tmp`;

/** Links are not followed; what can't be read or vanishes meanwhile counts nothing. */
async function bytesBelow(folder: string, excluded: ExcludedFolders): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isFile()) bytes += (await lstat(path).catch(() => undefined))?.size ?? 0;
    if (entry.isDirectory() && !(await excluded.has(path))) bytes += await bytesBelow(path, excluded);
  }
  return bytes;
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'it is mounted read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is used up',
  ENOTDIR: 'a file is in the place of a folder above it',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
};

function inWords(error: unknown): string {
  const code = codeOf(error);
  const words = code === undefined ? undefined : WORDS[code];
  return words === undefined ? (code ?? String(error)) : `${words} (${code ?? ''})`;
}
