import { readFile } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import { isPassing } from '../files/fileErrors.ts';

/**
 * All bytes of a picture's file. libvips gets bytes, never a path: it takes `photo [1]` for `photo ` with options, would
 * keep the file open (and so unmovable on Windows), and does not tell a missing file from an unreadable one.
 * @throws ImageError `vanished`, `unreadable`, `empty`, `too-large`
 */
export async function readWhole(path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new ImageError('vanished', 'The file is gone.', { cause });
    // Node reads no more at once
    if (code === 'ERR_FS_FILE_TOO_LARGE') throw new ImageError('too-large', 'The file is over 2 GiB.', { cause });
    throw new ImageError('unreadable', `The file can't be read (${code}).`, { cause, transient: isPassing(cause) });
  }
  if (bytes.length === 0) throw new ImageError('empty', 'The file is empty.');
  return bytes;
}
