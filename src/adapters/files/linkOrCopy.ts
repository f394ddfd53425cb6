import { link, unlink } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import { asFileError } from './fileErrors.ts';
import { hasBytes, safeCopy } from './safeCopy.ts';

/**
 * Gives a file a free name beside the one that it has: a second name of the one file, as `safeMove` does it, or a verified copy
 * where links are not to be had (another device, exFAT, many network mounts). What that copy finds at the name says whether an
 * earlier attempt made it.
 *
 * @param aside where a copy is built; in the folder of `to`
 * @throws as `safeCopy`
 */
export async function linkOrCopy(
  from: string,
  to: string,
  sha256: ContentHash,
  signal: AbortSignal,
  aside: string,
): Promise<void> {
  signal.throwIfAborted();
  const isLinked = await link(from, to).then(
    () => true,
    () => false,
  );
  if (!isLinked) return safeCopy(from, to, sha256, signal, aside);
  try {
    if (await hasBytes(to, sha256, signal)) return;
    await unlink(to);
  } catch (error) {
    throw asFileError(error, to, 'write');
  }
  throw new ImageError('changed', `${from} no longer has the bytes that were read first.`);
}
