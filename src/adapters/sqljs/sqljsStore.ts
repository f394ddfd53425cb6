import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { SqlJsStatic, SqlValue } from 'sql.js';
import { FatalError } from '../../core/model/failure.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import { CHROMA_CELLS, LUMA_CELLS, type Look } from '../../core/model/look.ts';
import type { Post, PostRef, ProviderId } from '../../core/model/match.ts';
import type { Log } from '../../core/ports/log.ts';
import type { SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import type { RememberedAnswer, SortedFile, Store } from '../../core/ports/store.ts';
import { asWorkingFolderError } from '../files/fileErrors.ts';
import { writeAside } from '../files/writeAside.ts';
import { FeatureNumbers } from './featureNumbers.ts';
import { loadSqljs } from './loadSqljs.ts';
import { LongValues } from './longValues.ts';
import { openDatabase } from './openDatabase.ts';
import { Queries } from './queries.ts';
import { SqljsPreferences } from './sqljsPreferences.ts';
import { pack, unpack } from './packed.ts';
import { readHash, storedHash } from './storedHash.ts';
import { readAnswer, readPost } from './storedShapes.ts';

export interface SqljsStoreOptions {
  /** absolute path of the database; its folder is made when it is missing */
  readonly file: string;
  /** absolute path of sql.js's `sql-wasm.wasm` */
  readonly wasm: string;
  readonly log: Log;
  /** for a look at what would be: it is changed in memory alone, and the file stays as it is, broken or not */
  readonly scratch?: boolean;
}

type Position = Store['position'];

/** Shorter values take less room in their row than the place of a long one and its look-up are worth. Bytes. */
const LONG = 256;
const WITH_PLACES = ['answers', 'posts', 'looks'];
const LOOK_BYTES = LUMA_CELLS + 2 * CHROMA_CELLS;
/** Long values that no row names are left behind at the opening, when they are more than so many bytes and half of all. */
const MUCH_DEAD = 4 * 1024 * 1024;

/** SQLite in memory, written out as a whole at checkpoints; what is long is in a file beside it. */
export class SqljsStore implements Store {
  /** undefined: what is changed is kept nowhere */
  private readonly file: string | undefined;
  readonly preferences: SqljsPreferences;
  private readonly queries: Queries;
  private values: LongValues;
  private readonly features: FeatureNumbers;
  private at: Position;
  private writing: Promise<void> = Promise.resolve();

  /** absolute path of the damaged file that was there */
  readonly kept?: string;

  private constructor(file: string | undefined, queries: Queries, values: LongValues, kept: string | undefined) {
    this.file = file;
    this.values = values;
    if (kept !== undefined) this.kept = kept;
    this.queries = queries;
    this.features = new FeatureNumbers(queries);
    this.preferences = new SqljsPreferences(queries, this.features);
    const row = queries.row('SELECT journal, "offset" FROM position');
    this.at = { journal: Number(row?.[0]), offset: Number(row?.[1]) };
  }

  /** A damaged file is moved aside, and an empty database begun. @throws FatalError `database-broken`, `no-space`, `not-writable` */
  static async open({ file, wasm, log, scratch = false }: SqljsStoreOptions): Promise<SqljsStore> {
    const sql = await loaded(wasm);
    const opened = await openDatabase(sql, file, log, scratch ? 'leave' : 'move-aside');
    const queries = new Queries(file, opened.database);
    // else each opening would have to do it again
    queries.changed = opened.isMigrated;
    const store = new SqljsStore(scratch ? undefined : file, queries, opened.values, opened.kept);
    if (!scratch) store.leaveDeadBehind(file);
    return store;
  }

  get position(): Position {
    return this.at;
  }

  answer(provider: ProviderId, variant: string, sha256: ContentHash, notBefore: number): SearchAnswer | undefined {
    const row = this.queries.row(
      'SELECT answer, place FROM answers WHERE sha256 = ? AND provider = ? AND variant = ? AND at >= ?',
      [storedHash(sha256), provider, variant, notBefore],
    ); // prettier-ignore
    return row && readAnswer(this.value(row));
  }

  rememberAnswer({ provider, variant, sha256, at, answer }: RememberedAnswer): void {
    this.queries.change(
      'INSERT OR REPLACE INTO answers (provider, variant, sha256, at, answer, place) VALUES (?, ?, ?, ?, ?, ?)',
      [provider, variant, storedHash(sha256), at, ...this.stored(answer)],
    );
  }

  post(ref: PostRef, notBefore: number): Post | undefined {
    const row = this.queries.row('SELECT post, place FROM posts WHERE site = ? AND id = ? AND at >= ?', [
      ref.site,
      ref.id,
      notBefore,
    ]);
    return row && readPost(this.value(row));
  }

  rememberPost(post: Post, at: number): void {
    this.queries.change('INSERT OR REPLACE INTO posts (site, id, at, post, place) VALUES (?, ?, ?, ?, ?)', [
      post.ref.site,
      post.ref.id,
      at,
      ...this.stored(post),
    ]);
  }

  *tellingLooks(notBefore: number): Generator<{ readonly sha256: ContentHash; readonly hash: string }> {
    const old = Number(this.queries.row('SELECT count(*) FROM looks WHERE at < ?', [notBefore])?.[0]);
    if (old > 0) {
      this.queries.change('DELETE FROM looks WHERE at < ?', [notBefore]);
      this.queries.change('UPDATE long_values SET dead = dead + ?', [old * LOOK_BYTES]);
    }
    // sorted here: in the order of its index, the table is read a page a row
    const looks: { readonly sha256: ContentHash; readonly hash: string; readonly at: number }[] = [];
    for (const [sha256, hash, at] of this.queries.each('SELECT sha256, hash, at FROM looks WHERE telling = 1')) {
      looks.push({ sha256: readHash(sha256), hash: String(hash), at: Number(at) });
    }
    for (const { sha256, hash } of looks.sort((a, b) => a.at - b.at)) yield { sha256, hash };
  }

  look(sha256: ContentHash): Look | undefined {
    const row = this.queries.row('SELECT width, height, hash, place FROM looks WHERE sha256 = ?', [storedHash(sha256)]);
    const pixels = row && this.values.read(Number(row[3]));
    if (pixels?.length !== LOOK_BYTES) return undefined;
    return { width: Number(row?.[0]), height: Number(row?.[1]), hash: String(row?.[2]), pixels };
  }

  rememberLook(sha256: ContentHash, look: Look, telling: boolean, at: number): void {
    const { width, height, hash, pixels } = look;
    if (isDeepStrictEqual(this.look(sha256), { ...look, pixels: Buffer.from(pixels) })) {
      this.queries.change('UPDATE looks SET at = ? WHERE sha256 = ?', [at, storedHash(sha256)]);
      return;
    }
    this.queries.change(
      'INSERT OR REPLACE INTO looks (sha256, at, width, height, hash, telling, place) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [storedHash(sha256), at, width, height, hash, telling ? 1 : 0, this.values.add(pixels)],
    );
  }

  sortedFiles(sha256: ContentHash): readonly SortedFile[] {
    return this.queries
      .rows(`SELECT sha256, path, source, at FROM sorted_files WHERE sha256 = ? AND path <> '' ORDER BY at DESC`, [
        storedHash(sha256),
      ])
      .map(sortedFile);
  }

  *allSorted(): Generator<SortedFile> {
    const rows = this.queries.each(`SELECT sha256, path, source, at FROM sorted_files WHERE path <> ''`);
    for (const row of rows) yield sortedFile(row);
  }

  *sortedPaths(): Generator<string> {
    const rows = this.queries.each(`SELECT path FROM sorted_files WHERE path <> ''`);
    for (const [path] of rows) yield String(path);
  }

  rememberSorted({ sha256, path, source, at }: SortedFile, features?: readonly string[]): void {
    this.queries.change(
      'INSERT OR REPLACE INTO sorted_files (sha256, path, source, at, features) VALUES (?, ?, ?, ?, ?)',
      [storedHash(sha256), path, source, at, features ? this.features.encode(features) : null],
    );
  }

  sortedFeatures(sha256: ContentHash): readonly string[] | undefined {
    const row = this.queries.row(
      'SELECT features FROM sorted_files WHERE sha256 = ? AND features IS NOT NULL LIMIT 1',
      [storedHash(sha256)],
    ); // prettier-ignore
    return row && this.features.decode(row[0] as Uint8Array);
  }

  moveSorted(sha256: ContentHash, from: string, to: string): void {
    this.queries.change('UPDATE OR REPLACE sorted_files SET path = ? WHERE sha256 = ? AND path = ?', [
      to,
      storedHash(sha256),
      from,
    ]);
  }

  wasSorted(sha256: ContentHash): boolean {
    return this.queries.row('SELECT 1 FROM sorted_files WHERE sha256 = ?', [storedHash(sha256)]) !== undefined;
  }

  /** What is left is a row that has no path: that the image was sorted once. */
  forgetSorted(sha256: ContentHash, path: string): void {
    this.queries.change(
      `UPDATE OR REPLACE sorted_files SET path = '', source = '', features = NULL WHERE sha256 = ? AND path = ?`,
      [storedHash(sha256), path],
    );
  }

  /**
   * Nothing is written when no row has changed: then an older position in the file is as true as the new one, since what lies
   * between them added nothing.
   * @throws FatalError `no-space`, `not-writable`
   */
  checkpoint(position: Position): Promise<void> {
    // one after the other: they share the file that is written aside
    this.writing = this.writing.catch(() => undefined).then(() => this.write(position));
    return this.writing;
  }

  close(): void {
    this.queries.close();
    this.values.close();
  }

  /** A value for its columns: packed, or where it is. */
  private stored(value: unknown): [SqlValue, SqlValue] {
    const packed = pack(value);
    return packed.length < LONG ? [packed, null] : ['', this.values.add(packed)];
  }

  /** The JSON of a value by its columns. */
  private value([packed, place]: readonly SqlValue[]): string {
    return unpack(place === null || place === undefined ? packed : (this.values.read(Number(place)) ?? ''));
  }

  /** Takes the values that rows name to a new file, where most of this one is of rows that are gone. */
  private leaveDeadBehind(file: string): void {
    const dead = Number(this.queries.row('SELECT dead FROM long_values')?.[0]);
    if (dead < Math.max(MUCH_DEAD, this.values.state.end / 2)) return;
    const before = this.values;
    this.values = LongValues.open(file, { id: '', end: 0 }, true);
    this.queries.change('CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)', []);
    for (const table of WITH_PLACES) {
      for (const [place] of this.queries.rows(`SELECT place FROM ${table} WHERE place IS NOT NULL`)) {
        const value = before.read(Number(place));
        // one that is damaged is nowhere
        const now = value ? this.values.add(value) : -1;
        this.queries.change('INSERT OR REPLACE INTO moved VALUES (?, ?)', [Number(place), now]);
      }
      this.queries.change(
        `UPDATE ${table} SET place = (SELECT new FROM moved WHERE old = place) WHERE place IS NOT NULL`,
        [],
      );
      this.queries.change('DELETE FROM moved', []);
    }
    this.queries.change('DROP TABLE moved', []);
    this.queries.change('UPDATE long_values SET dead = 0', []);
    before.close();
  }

  private async write(position: Position): Promise<void> {
    const { file } = this;
    this.preferences.flush();
    if (this.queries.changed && file !== undefined) {
      this.queries.change('UPDATE position SET journal = ?, "offset" = ?', [position.journal, position.offset]);
      const { id, end } = this.values.state;
      this.queries.change('UPDATE long_values SET file = ?, "end" = ?', [id, end]);
      const bytes = this.queries.export();
      // what comes while the file is being written belongs to the next checkpoint
      this.queries.changed = false;
      try {
        await mkdir(dirname(file), { recursive: true });
        await this.values.save();
        await writeAside(file, [bytes]);
        await this.values.tidy();
      } catch (error) {
        this.queries.changed = true;
        throw asWorkingFolderError(error, file);
      }
    }
    this.at = position;
  }
}

const sortedFile = ([sha256, path, source, at]: readonly SqlValue[]): SortedFile => ({
  sha256: readHash(sha256),
  path: String(path),
  source: String(source),
  at: Number(at),
});

async function loaded(wasm: string): Promise<SqlJsStatic> {
  try {
    return await loadSqljs(wasm);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new FatalError('database-broken', `sql.js can't be loaded: ${said}. Install Image Inbox again.`, {
      cause: error,
    });
  }
}
