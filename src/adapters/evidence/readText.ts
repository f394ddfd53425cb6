import { lstat } from 'node:fs/promises';
import { ImageError } from '../../core/model/failure.ts';
import { codeOf } from '../files/fileErrors.ts';
import { openRegular } from '../files/openRegular.ts';
import { readChunks } from '../files/readChunks.ts';

/** gallery-dl's metadata of a work with hundreds of comments have some 200 KB, lists of tags a few. */
const LONGEST = 1024 * 1024;

/** With a name that is too long for the file system there can be no such file. */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/**
 * A text file in UTF-8, without its byte order mark; undefined when there is no such file.
 * @throws ImageError when it is a link, no regular file, over 1 MB, or no UTF-8; or the system's error
 */
export async function readText(path: string, signal: AbortSignal): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    // most images have nothing beside them; and Windows follows a link when it opens one
    if ((await lstat(path)).isSymbolicLink()) {
      throw new ImageError('not-a-file', `${path} is not read: it is a link.`);
    }
    bytes = await readBytes(path, signal);
  } catch (error) {
    if (NOT_THERE.has(codeOf(error) ?? '')) return undefined;
    throw error;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ImageError('unreadable', `${path} is not read: it is no text in UTF-8.`, { cause });
  }
}

async function readBytes(path: string, signal: AbortSignal): Promise<Buffer> {
  const handle = await openRegular(path);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of readChunks(handle, signal)) {
      length += chunk.length;
      if (length > LONGEST) throw new ImageError('unreadable', `${path} is not read: it is larger than 1 MB.`);
      chunks.push(Buffer.from(chunk));
    }
    return Buffer.concat(chunks);
  } finally {
    await handle.close();
  }
}
