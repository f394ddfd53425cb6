import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SyncRecord, SyncRecords } from '../../core/sync/syncRecords.ts';
import { asWorkingFolderError, codeOf } from '../files/fileErrors.ts';
import { decodeLine, encodeLine } from '../files/journalLines.ts';
import { writeAside } from '../files/writeAside.ts';

/** `i`: intended, `h`: held, `g`: gone, and forgotten */
type Mark = 'i' | 'h' | 'g';

/** One record: place, mark, ours (0 or 1), size and time here, size and time there. Short, since a sync begins with reading all. */
type Row =
  | readonly [place: string, mark: 'g']
  | readonly [place: string, mark: 'i' | 'h', ours: 0 | 1, ...here: Facts]
  | readonly [place: string, mark: 'i' | 'h', ours: 0 | 1, ...here: Facts, ...there: Facts];
type Facts = readonly [size: number, mtimeMs: number];

/** What was written at once. */
interface Line {
  readonly rows: readonly Row[];
}

const MARKS: ReadonlySet<string> = new Set<Mark>(['i', 'h', 'g']);

/** A log of this many times more than what it comes to is written anew. */
const WASTE = 1.5;
const WASTE_AT_LEAST = 1000;
/** Of a line that is written when nothing is torn. */
const ROWS = 1000;

/**
 * Records in a file of lines, each with a checksum and all that was written at once: the last row of a place counts. What is written
 * is with the system when `write` resolves, so a kill takes nothing; a power cut may take the last lines, which makes us more careful.
 */
export class NdjsonSyncRecords implements SyncRecords {
  private readonly path: string;
  private readonly records: Map<string, SyncRecord>;
  private readonly handle: FileHandle;
  /** in the file */
  private rows: number;
  private last: Promise<void> = Promise.resolve();

  private constructor(path: string, { records, rows }: Decoded, handle: FileHandle) {
    this.path = path;
    this.records = records;
    this.rows = rows;
    this.handle = handle;
  }

  /** @param path absolute; made when it is not there. @throws FatalError when it can't be read or written */
  static async open(path: string): Promise<NdjsonSyncRecords> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const found = await read(path);
      const isFit = found.whole && !isWasteful(found.rows, found.records.size);
      if (!isFit) await writeAside(path, encoded(found.records));
      const rows = isFit ? found.rows : found.records.size;
      return new NdjsonSyncRecords(path, { ...found, rows }, await open(path, 'a'));
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
    return this.append(records.map(rowOf));
  }

  forget(places: readonly string[]): Promise<void> {
    const known = places.filter((place) => this.records.delete(place));
    return this.append(known.map((place) => [place, 'g']));
  }

  /** Leaves the file short, so that the next one to read it is quick. */
  async close(): Promise<void> {
    const isWritten = await this.last.then(
      () => true,
      () => false,
    );
    await this.handle.close();
    // nothing depends on it, and what can't be written now is said when it matters
    if (isWritten && isWasteful(this.rows, this.records.size))
      await writeAside(this.path, encoded(this.records)).catch(() => undefined);
  }

  private append(rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve();
    const bytes = encode(rows);
    this.rows += rows.length;
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

interface Decoded {
  readonly records: Map<string, SyncRecord>;
  readonly rows: number;
  /** false: some line is torn */
  readonly whole: boolean;
}

const isWasteful = (rows: number, records: number): boolean => rows > WASTE_AT_LEAST && rows > WASTE * records;

const encode = (rows: readonly Row[]): Buffer => encodeLine(JSON.stringify({ rows } satisfies Line));

function* encoded(records: ReadonlyMap<string, SyncRecord>): Generator<Buffer> {
  const rows = [...records.values()].map(rowOf);
  for (let i = 0; i < rows.length; i += ROWS) yield encode(rows.slice(i, i + ROWS));
}

function rowOf({ place, state, ours, here, there }: SyncRecord): Row {
  const mark = state === 'held' ? 'h' : 'i';
  const row = [place, mark, ours ? 1 : 0, here.size, here.mtimeMs] as const;
  return there ? [...row, there.size, there.mtimeMs] : row;
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
  let rows = 0;
  let whole = true;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    const line = parse(bytes.subarray(start, end < 0 ? bytes.length : end));
    // torn by a kill or a full disk; what it said is found out again
    if (!line) whole = false;
    for (const row of line?.rows ?? []) take(row, records);
    rows += line?.rows.length ?? 0;
    if (end < 0) break;
    start = end + 1;
  }
  return { records, rows, whole };
}

function take(row: Row, records: Map<string, SyncRecord>): void {
  if (row[1] === 'g') {
    records.delete(row[0]);
    return;
  }
  const [place, mark, ours, size, mtimeMs, sizeThere, mtimeThere] = row;
  records.set(place, {
    place,
    state: mark === 'h' ? 'held' : 'intended',
    ours: ours === 1,
    here: { size, mtimeMs },
    ...(sizeThere !== undefined && mtimeThere !== undefined && { there: { size: sizeThere, mtimeMs: mtimeThere } }),
  });
}

/** The checksum vouches for the shape; of a line of another version only the first row's mark is looked at. */
function parse(line: Buffer): Line | undefined {
  const text = decodeLine(line);
  if (text === undefined) return undefined;
  const { rows } = JSON.parse(text) as Partial<Line>;
  return Array.isArray(rows) && MARKS.has((rows as Line['rows'])[0]?.[1] ?? '')
    ? { rows: rows as Line['rows'] }
    : undefined;
}
