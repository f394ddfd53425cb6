import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ImageError } from '../../core/model/failure.ts';
import { codeOf } from './fileErrors.ts';

/**
 * Makes a folder and its parents, and tells which of them this call made, outermost first. One that another call makes in
 * the same moment is that one's.
 * @throws ImageError `not-writable` where a file is in the way, or the system's error
 */
export async function makeFolder(path: string): Promise<readonly string[]> {
  try {
    await mkdir(path);
    return [path];
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') {
      await assertFolder(path);
      return [];
    }
    if (code === 'ENOTDIR') throw inTheWay(dirname(path), error);
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
  }
  return [...(await makeFolder(dirname(path))), ...(await makeFolder(path))];
}

async function assertFolder(path: string): Promise<void> {
  let found;
  try {
    found = await stat(path);
  } catch (error) {
    // a link that leads nowhere
    throw inTheWay(path, error);
  }
  if (!found.isDirectory()) throw inTheWay(path);
}

const inTheWay = (path: string, cause?: unknown): ImageError =>
  new ImageError('not-writable', `${path} is in the way: it is not a folder.`, { cause });
