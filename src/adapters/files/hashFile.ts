import { createHash } from 'node:crypto';
import type { ContentHash } from '../../core/model/ids.ts';
import { codeOf } from './fileErrors.ts';
import { openRegular } from './openRegular.ts';
import { readChunks } from './readChunks.ts';

/** SHA-256 of a regular file; undefined when nothing is there. @throws ImageError `not-a-file`, or the system's error */
export async function hashFile(path: string, signal: AbortSignal): Promise<ContentHash | undefined> {
  let handle;
  try {
    handle = await openRegular(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    const sha256 = createHash('sha256');
    for await (const chunk of readChunks(handle, signal)) sha256.update(chunk);
    return sha256.digest('hex') as ContentHash;
  } finally {
    await handle.close();
  }
}
