import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isImageName } from './imageName.ts';

/** A folder that has images in it. */
export interface CountedFolder {
  /** absolute */
  readonly path: string;
  /** below the root, levels separated by `/`; empty for the root itself */
  readonly name: string;
  /** directly in it */
  readonly images: number;
}

/**
 * Counts the images of a folder and of all below it, by their names. Links are not followed; what starts with a dot or `@`
 * (droppings of a NAS) is passed over, and so is a folder that can't be read.
 * @param exclude absolute paths that are not entered
 * @returns undefined when the root is not there
 */
export async function countImages(
  root: string,
  exclude: readonly string[],
): Promise<readonly CountedFolder[] | undefined> {
  const found: CountedFolder[] = [];
  const pending = [{ path: root, name: '' }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, name } = next;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (!entries && name === '') return undefined;
    let images = 0;
    for (const entry of entries ?? []) {
      if (entry.isFile() && isImageName(entry.name)) images++;
      const below = join(path, entry.name);
      if (entry.isDirectory() && !/^[.@]/.test(entry.name) && !exclude.includes(below)) {
        pending.push({ path: below, name: name === '' ? entry.name : `${name}/${entry.name}` });
      }
    }
    if (images > 0) found.push({ path, name, images });
  }
  return found.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

export interface ListedImage {
  /** absolute */
  readonly path: string;
  readonly hasSidecar: boolean;
}

/** The images directly in a folder, by name. Empty when it can't be read. */
export async function listImages(folder: string): Promise<readonly ListedImage[]> {
  const names = new Set(await readdir(folder).catch(() => []));
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  return [...names]
    .filter(isImageName)
    .sort(compare)
    .map((name) => ({ path: join(folder, name), hasSidecar: names.has(`${name}.xmp`) }));
}
