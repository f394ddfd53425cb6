import { createHash } from 'node:crypto';
import { lstat, type FileHandle } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import type { Fingerprint, FoundImage } from '../../core/model/image.ts';
import { asFileError } from './fileErrors.ts';
import { openRegular } from './openRegular.ts';
import { readChunks } from './readChunks.ts';
import { HEAD_BYTES, sniff } from './sniff.ts';

/**
 * Reads an image once, start to end: what it is, and both hashes. What is no image is not read to its end.
 * @throws ImageError `not-an-image`, `empty`, `changed`, `unreadable`, `vanished`, `not-a-file`
 */
export async function fingerprint(image: FoundImage, signal: AbortSignal): Promise<Fingerprint> {
  let handle: FileHandle | undefined;
  try {
    handle = await openRegular(image.path);
    assertSame(image, await handle.stat());
    if (image.size === 0) throw new ImageError('empty', `${image.path} is empty.`);
    const result = await digest(handle, image, signal);
    // by its path, so that a file that was renamed over this one while we read is noticed too
    assertSame(image, await lstat(image.path));
    return result;
  } catch (error) {
    throw asFileError(error, image.path, 'read');
  } finally {
    // of a drive that is gone by now, which the next look tells
    await handle?.close().catch(() => undefined);
  }
}

async function digest(handle: FileHandle, image: FoundImage, signal: AbortSignal): Promise<Fingerprint> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  let format: Fingerprint['format'] | undefined;
  let bytes = 0;
  for await (const chunk of readChunks(handle, signal)) {
    if (bytes === 0) {
      const sniffed = await sniff(chunk.subarray(0, HEAD_BYTES));
      if (!sniffed.format) {
        throw new ImageError('not-an-image', `${image.path} is not an image: its content is ${sniffed.what}.`);
      }
      format = sniffed.format;
    }
    sha256.update(chunk);
    md5.update(chunk);
    bytes += chunk.length;
  }
  if (!format || bytes !== image.size) throw changed(image);
  return { format, sha256: sha256.digest('hex') as ContentHash, md5: md5.digest('hex') };
}

function assertSame(image: FoundImage, now: { readonly size: number; readonly mtimeMs: number }): void {
  if (now.size !== image.size || now.mtimeMs !== image.mtimeMs) throw changed(image);
}

const changed = (image: FoundImage): ImageError =>
  new ImageError('changed', `${image.path} was changed while it was read; the next run takes it as it then is.`);
