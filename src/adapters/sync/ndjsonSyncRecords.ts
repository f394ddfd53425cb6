import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SyncRecord, SyncRecords } from '../../core/sync/syncRecords.ts';
import { asWorkingFolderError, codeOf } from '../files/fileErrors.ts';
import { decodeLine, encodeLine } from '../files/journalLines.ts';
import { writeAside } from '../files/writeAside.ts';

type Line = SyncRecord | { readonly state: 'gone'; readonly place: string };

const STATES: ReadonlySet<string> = new Set<Line['state']>(['intended', 'held', 'gone']);

/** A log this much longer than what it comes to is written anew. */
const WASTE = 4;
const WASTE_AT_LEAST = 1000;

/**
 * Records in a file of lines, each with a checksum: the last line of a place counts. What is written is with the system when
 * `write` resolves, so a kill takes nothing; a power cut may take the last lines, which makes us more careful.
 */
export class NdjsonSyncRecords implements SyncRecords {
  private readonly path: string;
  private readonly records: Map<string, SyncRecord>;
  private readonly handle: FileHandle;
  private last: Promise<void> = Promise.resolve();

  private constructor(path: string, records: Map<string, SyncRecord>, handle: FileHandle) {
    this.path = path;
    this.records = records;
    this.handle = handle;
  }

  /** @param path absolute; made when it is not there. @throws FatalError when it can't be read or written */
  static async open(path: string): Promise<NdjsonSyncRecords> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const { records, lines, whole } = await read(path);
      if (!whole || (lines > WASTE_AT_LEAST && lines > WASTE * records.size)) {
        await writeAside(path, [...records.values()].map(encode));
      }
      return new NdjsonSyncRecords(path, records, await open(path, 'a'));
    } catch (error) {
      throw asWorkingFolderError(error, path);
    }
  }

  /**
   * The places that the NAS held when we last looked. For looking only, also while a sync is at work: nothing is made, and a
   * line that is being written is passed over. @throws FatalError when it can't be read
   */
  static async heldPlaces(path: string): Promise<ReadonlySet<string>> {
    try {
      const { records } = decoded(await readFile(path));
      return new Set([...records.values()].filter(({ state }) => state === 'held').map(({ place }) => place));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return new Set();
      throw asWorkingFolderError(error, path);
    }
  }

  of(place: string): SyncRecord | undefined {
    return this.records.get(place);
  }

  all(): Iterable<SyncRecord> {
    return this.records.values();
  }

  write(records: readonly SyncRecord[]): Promise<void> {
    for (const record of records) this.records.set(record.place, record);
    return this.append(records);
  }

  forget(places: readonly string[]): Promise<void> {
    const known = places.filter((place) => this.records.delete(place));
    return this.append(known.map((place) => ({ state: 'gone', place })));
  }

  async close(): Promise<void> {
    await this.last.catch(() => undefined);
    await this.handle.close();
  }

  private append(lines: readonly Line[]): Promise<void> {
    if (lines.length === 0) return Promise.resolve();
    const bytes = Buffer.concat(lines.map(encode));
    this.last = this.last
      .catch(() => undefined)
      .then(async () => {
        try {
          await this.handle.appendFile(bytes);
        } catch (error) {
          throw asWorkingFolderError(error, this.path);
        }
      });
    return this.last;
  }
}

const encode = (line: Line): Buffer => encodeLine(JSON.stringify(line));

interface Decoded {
  readonly records: Map<string, SyncRecord>;
  readonly lines: number;
  /** false: some line is torn */
  readonly whole: boolean;
}

async function read(path: string): Promise<Decoded> {
  const handle = await open(path, 'a+');
  try {
    return decoded(await handle.readFile());
  } finally {
    await handle.close();
  }
}

function decoded(bytes: Buffer): Decoded {
  const records = new Map<string, SyncRecord>();
  let lines = 0;
  let whole = true;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    const line = parse(bytes.subarray(start, end < 0 ? bytes.length : end));
    // torn by a kill or a full disk; what it said is found out again
    if (line === undefined) whole = false;
    else if (line.state === 'gone') records.delete(line.place);
    else records.set(line.place, line);
    lines++;
    if (end < 0) break;
    start = end + 1;
  }
  return { records, lines, whole };
}

/** The checksum vouches for the shape; of a line of another version only the state is looked at. */
function parse(line: Buffer): Line | undefined {
  const text = decodeLine(line);
  if (text === undefined) return undefined;
  const parsed = JSON.parse(text) as Line;
  return STATES.has(parsed.state) ? parsed : undefined;
}
