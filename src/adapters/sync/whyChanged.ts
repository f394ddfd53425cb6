import { lstat } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import type { Cargo } from '../../core/sync/syncEngine.ts';
import { asFileError } from '../files/fileErrors.ts';

/** Why a source is no longer what was to be copied: somebody works on it, or removed it. Undefined when it is as it was. */
export async function whyChanged({ source, size, mtimeMs }: Cargo): Promise<Error | undefined> {
  try {
    const now = await lstat(source);
    if (now.size === size && now.mtimeMs === mtimeMs) return undefined;
  } catch (error) {
    return asFileError(error, source, 'read');
  }
  return new ImageError('changed', `${source} was changed while it was copied; the next sync takes it as it then is.`);
}
