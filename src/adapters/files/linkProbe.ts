import { link, lstat, rm } from 'node:fs/promises';
import { asidePath } from './asidePath.ts';
import { codeOf } from './fileErrors.ts';

/**
 * Whether a file can get a second name beside `target`: `across` when that is another device, or another mount of the same
 * one (two bind mounts of a container: their device numbers are equal, and yet no link crosses them). Tried for real, since
 * the facts that `stat` gives don't tell. `untold` where it can, and nothing tells that the two are one (SFTP).
 */
export async function linkProbe(
  from: string,
  target: string,
): Promise<'possible' | 'untold' | 'across' | 'unsupported'> {
  // a name of its own: `from` may be the file that is built aside for the target, and another run may ask the same for its file
  const probe = asidePath(`${target} probe`, from);
  await rm(probe, { force: true });
  try {
    await link(from, probe);
  } catch (error) {
    return codeOf(error) === 'EXDEV' ? 'across' : 'unsupported';
  }
  try {
    return (await lstat(probe)).nlink < 2 ? 'untold' : 'possible';
  } finally {
    await rm(probe);
  }
}
