import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { JournalFile, JournalMark, SavedDigest } from '../../core/ports/journalFile.ts';
import { asWorkingFolderError } from './fileErrors.ts';
import { checkJournal, writeDigest, type CheckedJournal } from './journalDigest.ts';
import { encodeLine, readLines } from './journalLines.ts';
import { patiently } from './patiently.ts';

interface Waiting {
  readonly line: Buffer;
  readonly durable: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

const NEWLINE = 0x0a;

/**
 * The live journal. Two loops run side by side: lines that came while a write was under way go out together in the next
 * one, and all that wait for the disk share the next fdatasync, while the writing goes on.
 *
 *   append -> pending -> write -> resolved
 *                          `----> unsynced -> fdatasync -> resolved (durable)
 *
 * After an error nothing more is appended: what the file holds then is uncertain until it is opened again.
 */
export class NodeJournalFile implements JournalFile {
  readonly number: number;
  readonly path: string;
  private readonly handle: FileHandle;
  private readonly assertHeld: () => Promise<void>;
  private size: number;
  private end: JournalMark;
  private digest: SavedDigest | undefined;
  private pending: Waiting[] = [];
  private unsynced: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private syncing: Promise<void> | undefined;
  private failure: Error | undefined;
  private closed = false;

  private constructor(
    number: number,
    path: string,
    { handle, assertHeld }: { handle: FileHandle; assertHeld: () => Promise<void> },
    { end, digest }: CheckedJournal,
  ) {
    this.number = number;
    this.path = path;
    this.handle = handle;
    this.assertHeld = assertHeld;
    this.size = end.offset;
    this.end = end;
    this.digest = digest;
  }

  /**
   * Opens it for writing; a last line that a crash tore is cut off.
   * @param assertHeld rejects when another has become its writer
   * @throws FatalError
   */
  static async open(number: number, path: string, assertHeld: () => Promise<void>): Promise<NodeJournalFile> {
    try {
      const handle = await patiently(() => open(path, 'r+'));
      try {
        const whole = await checkJournal(path, handle, await cutTornLine(handle));
        return new NodeJournalFile(number, path, { handle, assertHeld }, whole);
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      throw asWorkingFolderError(error, path);
    }
  }

  get offset(): number {
    return this.size;
  }

  append(text: string, durable: boolean): Promise<void> {
    return this.add(encodeLine(text), durable);
  }

  synced(): Promise<void> {
    return this.add(Buffer.alloc(0), true);
  }

  lines(from = 0): AsyncGenerator<{ readonly text: string; readonly end: number }> {
    return readLines(this.path, from);
  }

  saved(): Promise<SavedDigest | undefined> {
    const { digest } = this;
    // it is wanted once, at the beginning, and may be large
    this.digest = undefined;
    return Promise.resolve(digest);
  }

  mark(): JournalMark {
    return this.end;
  }

  async written(): Promise<void> {
    await this.writing;
    // the database must not be written over that of another, either
    if (this.failure) throw this.failure;
    await this.assertHeld();
  }

  async save(mark: JournalMark, lines: readonly string[]): Promise<void> {
    try {
      await writeDigest(this.path, mark, lines);
    } catch (error) {
      throw asWorkingFolderError(error, this.path);
    }
  }

  /** What was appended is on the disk then, whether its caller waited for that or not. */
  async close(): Promise<void> {
    // whoever begins the next one has closed it already, and may have failed at that
    if (this.closed) return;
    this.closed = true;
    await this.writing;
    await this.syncing;
    try {
      if (!this.failure) await this.handle.datasync();
    } catch (error) {
      throw asWorkingFolderError(error, this.path);
    } finally {
      await this.handle.close();
    }
  }

  /** @param line empty: there is only to wait */
  private add(line: Buffer, durable: boolean): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    if (this.closed) return Promise.reject(new Error(`${this.path} is closed`));
    this.end = { offset: this.end.offset + line.length, crc: crc32(line, this.end.crc) };
    return new Promise((resolve, reject) => {
      this.pending.push({ line, durable, resolve, reject });
      this.writing ??= this.write();
    });
  }

  private async write(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = this.pending;
      this.pending = [];
      try {
        await this.writeAll(Buffer.concat(batch.map((w) => w.line)));
      } catch (error) {
        this.fail(error, batch);
        break;
      }
      for (const waiting of batch) {
        if (waiting.durable) this.unsynced.push(waiting);
        else waiting.resolve();
      }
      if (this.unsynced.length > 0) this.syncing ??= this.sync();
    }
    // in the same turn in which the loop found nothing more to do: a later one would miss what comes in between
    this.writing = undefined;
  }

  private async writeAll(bytes: Buffer): Promise<void> {
    // outside of what cuts off: behind ours may be lines of another
    await this.assertHeld();
    try {
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, written, bytes.length - written, this.size + written);
        written += bytesWritten;
      }
    } catch (error) {
      // the next opening cuts off what this can't
      await this.handle.truncate(this.size).catch(() => undefined);
      throw error;
    }
    this.size += bytes.length;
  }

  private async sync(): Promise<void> {
    while (this.unsynced.length > 0) {
      const batch = this.unsynced;
      this.unsynced = [];
      try {
        await this.handle.datasync();
      } catch (error) {
        this.fail(error, batch);
        break;
      }
      for (const waiting of batch) waiting.resolve();
    }
    this.syncing = undefined;
  }

  private fail(error: unknown, batch: readonly Waiting[]): void {
    const failure = (this.failure ??= asWorkingFolderError(error, this.path));
    const lost = [...batch, ...this.pending, ...this.unsynced];
    this.pending = [];
    this.unsynced = [];
    for (const waiting of lost) waiting.reject(failure);
  }
}

/** @returns the bytes of whole lines */
async function cutTornLine(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(64 * 1024);
  let whole = size;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - buffer.length);
    const { bytesRead } = await handle.read(buffer, 0, end - start, start);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    whole = start + newline + 1;
    if (newline >= 0) break;
    end = start;
  }
  if (whole < size) {
    await handle.truncate(whole);
    await handle.datasync();
  }
  return whole;
}
