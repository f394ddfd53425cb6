import { open, readFile, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { JournalMark, SavedDigest } from '../../core/ports/journalFile.ts';
import { decodeLine, encodeLine } from './journalLines.ts';
import { writeAside } from './writeAside.ts';

const READ_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** `000001.digest` beside `000001.ndjson`. */
export const digestPath = (journal: string): string => journal.replace(/\.ndjson$/, '.digest');

/** Lines as those of a journal; the first tells of what it is the digest. @throws the system's error */
export async function writeDigest(journal: string, mark: JournalMark, lines: readonly string[]): Promise<void> {
  const head = JSON.stringify({ kind: 'journal', bytes: mark.offset, crc32: mark.crc });
  await writeAside(digestPath(journal), [head, ...lines].map(encodeLine));
}

/** A journal as far as its whole lines go, and its digest. */
export interface CheckedJournal {
  readonly end: JournalMark;
  /** undefined when there is none, it is damaged, or the journal does not begin with the bytes of which it was made */
  readonly digest: SavedDigest | undefined;
}

/**
 * Reads all bytes of a journal once, which takes a small part of the time of understanding them: so damage is found before
 * anything is done, also where the digest spares the reading.
 * @param size bytes of its whole lines
 */
export async function checkJournal(journal: string, handle: FileHandle, size: number): Promise<CheckedJournal> {
  const saved = await readIfWhole(digestPath(journal));
  const stated = saved && saved.end.offset <= size ? saved : undefined;
  const before = stated ? await crcOf(handle, 0, stated.end.offset, 0) : 0;
  const crc = await crcOf(handle, stated?.end.offset ?? 0, size, before);
  const fits = stated?.end.crc === before;
  return { end: { offset: size, crc }, digest: fits ? { offset: stated.end.offset, lines: stated.lines } : undefined };
}

/** The same for one that another process may be writing, up to where its digest goes. */
export async function readDigest(journal: string): Promise<SavedDigest | undefined> {
  const saved = await readIfWhole(digestPath(journal));
  if (!saved) return undefined;
  const handle = await open(journal);
  try {
    const { offset } = saved.end;
    const fits = (await handle.stat()).size >= offset && (await crcOf(handle, 0, offset, 0)) === saved.end.crc;
    return fits ? { offset, lines: saved.lines } : undefined;
  } finally {
    await handle.close();
  }
}

/** undefined where it can't be had: then the whole journal is read */
async function readIfWhole(
  path: string,
): Promise<{ readonly end: JournalMark; readonly lines: readonly string[] } | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return undefined;
  }
  const [first, ...lines] = linesOf(bytes) ?? [];
  if (first === undefined) return undefined;
  const { kind, bytes: offset, crc32: crc } = JSON.parse(first) as { kind: string; bytes: number; crc32: number };
  return kind === 'journal' ? { end: { offset, crc }, lines } : undefined;
}

/** The CRC-32 of the bytes to `end`, going on from that of the bytes to `from`. */
async function crcOf(handle: FileHandle, from: number, end: number, before: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(1, end - from)));
  let crc = before;
  for (let at = from; at < end;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - at), at);
    if (bytesRead === 0) break;
    crc = crc32(buffer.subarray(0, bytesRead), crc);
    at += bytesRead;
  }
  return crc;
}

/** undefined when one of them is damaged */
function linesOf(bytes: Buffer): readonly string[] | undefined {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const stop = bytes.indexOf(NEWLINE, at);
    const text = stop < 0 ? undefined : decodeLine(bytes.subarray(at, stop));
    if (text === undefined) return undefined;
    lines.push(text);
    at = stop + 1;
  }
  return lines;
}
