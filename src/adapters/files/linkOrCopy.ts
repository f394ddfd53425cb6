import { link } from 'node:fs/promises';
import type { ContentHash } from '../../core/model/ids.ts';
import { safeCopy } from './safeCopy.ts';

/**
 * Gives a file a free name beside the one that it has: a second name of the one file, as `safeMove` does it, or a verified copy
 * where links are not to be had (another device, exFAT, many network mounts). What that copy finds at the name says whether an
 * earlier attempt made it.
 *
 * @throws as `safeCopy`
 */
export async function linkOrCopy(from: string, to: string, sha256: ContentHash, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await link(from, to);
  } catch {
    await safeCopy(from, to, sha256, signal);
  }
}
