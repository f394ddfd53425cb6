import { lstatSync } from 'node:fs';
import { join, sep } from 'node:path';
import { lookTogether, type Look } from './looks.ts';
import { codeOf } from './fileErrors.ts';

/** Looks before it is known whether they are quick, and then between two questions of that. */
const [FIRST, SLICE] = [8, 64];
/** Milliseconds a look: a local disk needs 0.004, a network 0.2 and more. */
const QUICK = 0.1;

/**
 * Looks at files of a folder that has just been listed: a system that has to ask a server for them knows them all from that. As
 * long as it goes quickly they are looked at one after the other without the event loop, which would take ten times as long.
 *
 * @param folder absolute @param names in it
 * @returns in their order; undefined for what is not there. @throws the system's error, or the signal's reason
 */
export async function lookNear(
  folder: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly (Look | undefined)[]> {
  const prefix = join(folder, sep);
  const found: (Look | undefined)[] = [];
  while (found.length < names.length) {
    signal.throwIfAborted();
    const slice = names.slice(found.length, found.length + (found.length === 0 ? FIRST : SLICE));
    const begun = performance.now();
    for (const name of slice) found.push(lookNow(prefix + name));
    if (performance.now() - begun > slice.length * QUICK) break;
  }
  return [...found, ...(await lookTogether(folder, names.slice(found.length), signal))];
}

function lookNow(path: string): Look | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    const { size, mtimeMs } = found;
    return { kind: found.isFile() ? 'file' : found.isSymbolicLink() ? 'link' : 'other', size, mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
