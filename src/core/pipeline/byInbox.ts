import { dirname } from 'node:path';
import { isInside } from '../settings/folders.ts';

/**
 * The images by the folder that a run takes them from, since a run has one: the inbox for those in it, else, for what was
 * processed by itself, the image's own folder, or one that holds it and is among these already.
 * @param images absolute paths
 * @param inbox absolute path
 */
export function byInbox(images: readonly string[], inbox: string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const image of images) {
    const isOf = (folder: string): boolean => isInside(image, folder);
    const folder = isOf(inbox) ? inbox : ([...groups.keys()].find(isOf) ?? dirname(image));
    const group = groups.get(folder);
    if (group) group.push(image);
    else groups.set(folder, [image]);
  }
  return groups;
}
