import type { FileHandle } from 'node:fs/promises';

/** Larger ones were no faster at hashing, and block the thread for longer. */
const CHUNK_BYTES = 512 * 1024;
/** Kept for the next file; more are seldom read at the same time. */
const MOST_KEPT = 8;

/** A new one a file would have all garbage collected every hundred files. */
const kept: Buffer[] = [];

/** A file's bytes from the start. Each chunk is valid only until the next one is asked for. */
export async function* readChunks(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = kept.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  try {
    for (let position = 0; ;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    if (kept.length < MOST_KEPT) kept.push(buffer);
  }
}
