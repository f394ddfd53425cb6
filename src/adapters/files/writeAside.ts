import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asidePath } from './asidePath.ts';
import { patiently } from './patiently.ts';
import { syncFolder, syncHandle } from './syncToDisk.ts';

export type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** Pieces are gathered to writes of this size. */
const WRITE_BYTES = 256 * 1024;

/**
 * Writes a file of ours as a whole or not at all: aside, fsync, rename over the old one, fsync of the folder.
 * @param aside where it is built; in the same folder
 * @throws the system's error; nothing is left behind then
 */
export async function writeAside(path: string, chunks: Chunks, aside = asidePath(path)): Promise<void> {
  // never through what stands there: it could be a link
  await rm(aside, { force: true });
  const handle = await patiently(() => open(aside, 'wx'));
  try {
    try {
      await writeAll(handle, chunks);
      await syncHandle(handle);
    } finally {
      await handle.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeAll(handle: FileHandle, chunks: Chunks): Promise<void> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    await handle.writeFile(gathered.length === 1 && gathered[0] ? gathered[0] : Buffer.concat(gathered));
    gathered = [];
    bytes = 0;
  };
  for await (const chunk of chunks) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    gathered.push(piece);
    bytes += piece.byteLength;
    if (bytes >= WRITE_BYTES) await flush();
  }
  if (bytes > 0) await flush();
}
