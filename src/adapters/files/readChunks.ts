import type { FileHandle } from 'node:fs/promises';

/** Larger ones were no faster at hashing, and block the thread for longer. */
const CHUNK_BYTES = 512 * 1024;

/** A file's bytes from the start. Each chunk is valid only until the next one is asked for. */
export async function* readChunks(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (let position = 0; ;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
