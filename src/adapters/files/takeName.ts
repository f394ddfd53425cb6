import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { codeOf } from './fileErrors.ts';
import { linkProbe } from './linkProbe.ts';
import { patiently } from './patiently.ts';

/** What says nothing about links: an empty file would not be had either, or could not be removed again. */
const NO_USE = new Set(['EROFS', 'ENOSPC', 'EDQUOT']);

/**
 * Gives a file a free name, and never that of another file, not even of one that appears in this moment: `rename` would
 * overwrite it, `link` does not.
 *
 * File systems without hard links (exFAT, many network mounts) refuse `link`, each with an error of its own. There an empty
 * file takes the name (O_EXCL), and the rename goes over that. What a kill in between leaves is known by its emptiness: no
 * image and no sidecar is empty.
 *
 * @returns `linked`: the file has both names now, and the old one is to be removed; `renamed`: it is done
 * @throws the system's error: `EEXIST` the name is taken, `ENOENT` no such file or folder, `EXDEV` on another device
 */
export async function takeName(from: string, to: string): Promise<'linked' | 'renamed'> {
  try {
    await link(from, to);
    return 'linked';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'EXDEV' || NO_USE.has(code ?? '')) throw error;
    if (code === 'EEXIST' && !((await isEmpty(to)) && (await linkProbe(from, to)) === 'unsupported')) throw error;
  }
  await renameOverReservation(from, to);
  return 'renamed';
}

/** `takeName` where links are not to be had. */
export async function renameOverReservation(from: string, to: string): Promise<void> {
  await lstat(from);
  try {
    await (await patiently(() => open(to, 'wx'))).close();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !(await isEmpty(to))) throw error;
  }
  try {
    // another run may have taken what we reserved for a killed one's, and filled it
    if (!(await isEmpty(to))) throw Object.assign(new Error(`${to} exists already.`), { code: 'EEXIST' });
    await rename(from, to);
  } catch (error) {
    if (await isEmpty(to)) await unlink(to);
    throw error;
  }
}

async function isEmpty(path: string): Promise<boolean> {
  try {
    const facts = await lstat(path);
    return facts.isFile() && facts.size === 0;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
