import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { FatalError } from '../../core/model/failure.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import type { Look } from '../../core/model/look.ts';
import type { Post, PostRef, ProviderId } from '../../core/model/match.ts';
import type { Log } from '../../core/ports/log.ts';
import type { SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import type { RememberedAnswer, SortedFile, Store } from '../../core/ports/store.ts';
import { asWorkingFolderError } from '../files/fileErrors.ts';
import { writeAside } from '../files/writeAside.ts';
import { FeatureNumbers } from './featureNumbers.ts';
import { loadSqljs } from './loadSqljs.ts';
import { openDatabase } from './openDatabase.ts';
import { Queries } from './queries.ts';
import { SqljsPreferences } from './sqljsPreferences.ts';
import { pack, unpack } from './packed.ts';
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

/** SQLite in memory, written out as a whole at checkpoints. */
export class SqljsStore implements Store {
  /** undefined: what is changed is kept nowhere */
  private readonly file: string | undefined;
  readonly preferences: SqljsPreferences;
  private readonly queries: Queries;
  private readonly features: FeatureNumbers;
  private at: Position;
  private writing: Promise<void> = Promise.resolve();

  /** absolute path of the damaged file that was there */
  readonly kept?: string;

  private constructor(file: string | undefined, queries: Queries, kept: string | undefined) {
    this.file = file;
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
    const { database, kept } = await openDatabase(sql, file, log, scratch ? 'leave' : 'move-aside');
    return new SqljsStore(scratch ? undefined : file, new Queries(file, database), kept);
  }

  get position(): Position {
    return this.at;
  }

  answer(provider: ProviderId, variant: string, sha256: ContentHash, notBefore: number): SearchAnswer | undefined {
    const row = this.queries.row(
      'SELECT answer FROM answers WHERE sha256 = ? AND provider = ? AND variant = ? AND at >= ?',
      [sha256, provider, variant, notBefore],
    ); // prettier-ignore
    return row && readAnswer(unpack(row[0]));
  }

  rememberAnswer({ provider, variant, sha256, at, answer }: RememberedAnswer): void {
    this.queries.change(
      'INSERT OR REPLACE INTO answers (provider, variant, sha256, at, answer) VALUES (?, ?, ?, ?, ?)',
      [provider, variant, sha256, at, pack(answer)],
    );
  }

  post(ref: PostRef, notBefore: number): Post | undefined {
    const row = this.queries.row('SELECT post FROM posts WHERE site = ? AND id = ? AND at >= ?', [
      ref.site,
      ref.id,
      notBefore,
    ]);
    return row && readPost(unpack(row[0]));
  }

  rememberPost(post: Post, at: number): void {
    this.queries.change('INSERT OR REPLACE INTO posts (site, id, at, post) VALUES (?, ?, ?, ?)', [
      post.ref.site,
      post.ref.id,
      at,
      pack(post),
    ]);
  }

  looks(notBefore: number): readonly { readonly sha256: ContentHash; readonly look: Look }[] {
    // the file keeps its size: what comes next takes the space
    if (this.queries.row('SELECT 1 FROM looks WHERE at < ? LIMIT 1', [notBefore])) {
      this.queries.change('DELETE FROM looks WHERE at < ?', [notBefore]);
    }
    const rows = this.queries.rows('SELECT sha256, width, height, hash, pixels FROM looks ORDER BY at', []);
    return rows.map(([sha256, width, height, hash, pixels]) => ({
      sha256: sha256 as ContentHash,
      look: { width: Number(width), height: Number(height), hash: String(hash), pixels: pixels as Uint8Array },
    }));
  }

  rememberLook(sha256: ContentHash, { width, height, hash, pixels }: Look, at: number): void {
    this.queries.change(
      'INSERT OR REPLACE INTO looks (sha256, at, width, height, hash, pixels) VALUES (?, ?, ?, ?, ?, ?)',
      [sha256, at, width, height, hash, pixels],
    );
  }

  sortedFiles(sha256: ContentHash): readonly SortedFile[] {
    return this.queries
      .rows('SELECT sha256, path, source, at FROM sorted_files WHERE sha256 = ? ORDER BY at DESC', [sha256])
      .map(sortedFile);
  }

  allSorted(): readonly SortedFile[] {
    return this.queries.rows('SELECT sha256, path, source, at FROM sorted_files').map(sortedFile);
  }

  rememberSorted({ sha256, path, source, at }: SortedFile, features?: readonly string[]): void {
    this.queries.change(
      'INSERT OR REPLACE INTO sorted_files (sha256, path, source, at, features) VALUES (?, ?, ?, ?, ?)',
      [sha256, path, source, at, features ? this.features.encode(features) : null],
    );
  }

  sortedFeatures(sha256: ContentHash): readonly string[] | undefined {
    const row = this.queries.row(
      'SELECT features FROM sorted_files WHERE sha256 = ? AND features IS NOT NULL LIMIT 1',
      [sha256],
    ); // prettier-ignore
    return row && this.features.decode(row[0] as Uint8Array);
  }

  moveSorted(sha256: ContentHash, from: string, to: string): void {
    this.queries.change('UPDATE OR REPLACE sorted_files SET path = ? WHERE sha256 = ? AND path = ?', [
      to,
      sha256,
      from,
    ]);
  }

  forgetSorted(sha256: ContentHash, path: string): void {
    this.queries.change('DELETE FROM sorted_files WHERE sha256 = ? AND path = ?', [sha256, path]);
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
  }

  private async write(position: Position): Promise<void> {
    const { file } = this;
    if (this.queries.changed && file !== undefined) {
      this.queries.change('UPDATE position SET journal = ?, "offset" = ?', [position.journal, position.offset]);
      const bytes = this.queries.export();
      // what comes while the file is being written belongs to the next checkpoint
      this.queries.changed = false;
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeAside(file, [bytes]);
      } catch (error) {
        this.queries.changed = true;
        throw asWorkingFolderError(error, file);
      }
    }
    this.at = position;
  }
}

const sortedFile = ([sha256, path, source, at]: readonly unknown[]): SortedFile => ({
  sha256: sha256 as ContentHash,
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
