import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/**
 * Where a file is built before it gets its name: in the same folder, so that a rename is all that is left to do. Always the
 * same for a target, so that what a killed process left is found, and hidden, so that no scan of ours or of a photo library
 * takes it for an image.
 * @param owner whose file it is, where others that no lock keeps apart may build one for the same target in this moment
 */
export function asidePath(target: string, owner = ''): string {
  const key = createHash('sha256')
    .update(`${owner}${basename(target)}`)
    .digest('hex')
    .slice(0, 8);
  return join(dirname(target), `.image-inbox-${key}.tmp`);
}

/** Whether a file of this name was to get another one. */
export const isAside = (name: string): boolean => /^\.image-inbox-[0-9a-f]{8}\.tmp$/.test(name);
