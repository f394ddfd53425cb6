import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Database, SqlValue, Statement } from 'sql.js';
import { FatalError } from '../../core/model/failure.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import type { Look } from '../../core/model/look.ts';
import type { Post, PostRef, ProviderId } from '../../core/model/match.ts';
import type { Log } from '../../core/ports/log.ts';
import type { SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import type { RememberedAnswer, SortedFile, Store } from '../../core/ports/store.ts';
import { asWorkingFolderError } from '../files/fileErrors.ts';
import { writeAside } from '../files/writeAside.ts';
import { openDatabase } from './openDatabase.ts';
import { readAnswer, readPost } from './storedShapes.ts';

export interface SqljsStoreOptions {
  /** absolute path of the database; its folder is made when it is missing */
  readonly file: string;
  /** absolute path of sql.js's `sql-wasm.wasm` */
  readonly wasm: string;
  readonly log: Log;
}

type Position = Store['position'];

/** SQLite in memory, written out as a whole at checkpoints. */
export class SqljsStore implements Store {
  private readonly file: string;
  private readonly database: Database;
  private readonly statements = new Map<string, Statement>();
  private at: Position;
  /** rows changed since the file was written */
  private changed = false;
  private writing: Promise<void> = Promise.resolve();

  private constructor(file: string, database: Database) {
    this.file = file;
    this.database = database;
    const row = this.row('SELECT journal, "offset" FROM position');
    this.at = { journal: Number(row?.[0]), offset: Number(row?.[1]) };
  }

  /** A damaged file is moved aside, and an empty database begun. @throws FatalError `database-broken`, `no-space`, `not-writable` */
  static async open({ file, wasm, log }: SqljsStoreOptions): Promise<SqljsStore> {
    const { default: initSqlJs } = await import('sql.js');
    const sql = await initSqlJs({ locateFile: () => wasm });
    return new SqljsStore(file, await openDatabase(sql, file, log));
  }

  get position(): Position {
    return this.at;
  }

  answer(provider: ProviderId, variant: string, sha256: ContentHash, notBefore: number): SearchAnswer | undefined {
    const row = this.row(
      'SELECT answer FROM answers WHERE sha256 = ? AND provider = ? AND variant = ? AND at >= ?',
      [sha256, provider, variant, notBefore],
    ); // prettier-ignore
    return row && readAnswer(String(row[0]));
  }

  rememberAnswer({ provider, variant, sha256, at, answer }: RememberedAnswer): void {
    this.change('INSERT OR REPLACE INTO answers (provider, variant, sha256, at, answer) VALUES (?, ?, ?, ?, ?)', [
      provider,
      variant,
      sha256,
      at,
      JSON.stringify(answer),
    ]);
  }

  post(ref: PostRef, notBefore: number): Post | undefined {
    const row = this.row('SELECT post FROM posts WHERE site = ? AND id = ? AND at >= ?', [ref.site, ref.id, notBefore]);
    return row && readPost(String(row[0]));
  }

  rememberPost(post: Post, at: number): void {
    this.change('INSERT OR REPLACE INTO posts (site, id, at, post) VALUES (?, ?, ?, ?)', [
      post.ref.site,
      post.ref.id,
      at,
      JSON.stringify(post),
    ]);
  }

  looks(notBefore: number): readonly { readonly sha256: ContentHash; readonly look: Look }[] {
    // the file keeps its size: what comes next takes the space
    if (this.row('SELECT 1 FROM looks WHERE at < ? LIMIT 1', [notBefore])) {
      this.change('DELETE FROM looks WHERE at < ?', [notBefore]);
    }
    const rows = this.rows('SELECT sha256, width, height, hash, pixels FROM looks ORDER BY at', []);
    return rows.map(([sha256, width, height, hash, pixels]) => ({
      sha256: sha256 as ContentHash,
      look: { width: Number(width), height: Number(height), hash: String(hash), pixels: pixels as Uint8Array },
    }));
  }

  rememberLook(sha256: ContentHash, { width, height, hash, pixels }: Look, at: number): void {
    this.change('INSERT OR REPLACE INTO looks (sha256, at, width, height, hash, pixels) VALUES (?, ?, ?, ?, ?, ?)', [
      sha256,
      at,
      width,
      height,
      hash,
      pixels,
    ]);
  }

  sortedFiles(sha256: ContentHash): readonly SortedFile[] {
    const rows = this.rows('SELECT path, source, at FROM sorted_files WHERE sha256 = ? ORDER BY at DESC', [sha256]);
    return rows.map(([path, source, at]) => ({ sha256, path: String(path), source: String(source), at: Number(at) }));
  }

  rememberSorted({ sha256, path, source, at }: SortedFile): void {
    this.change('INSERT OR REPLACE INTO sorted_files (sha256, path, source, at) VALUES (?, ?, ?, ?)', [
      sha256,
      path,
      source,
      at,
    ]);
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
    for (const statement of this.statements.values()) statement.free();
    this.statements.clear();
    this.database.close();
  }

  private async write(position: Position): Promise<void> {
    if (this.changed) {
      this.change('UPDATE position SET journal = ?, "offset" = ?', [position.journal, position.offset]);
      const bytes = this.guarded(() => this.database.export());
      // what comes while the file is being written belongs to the next checkpoint
      this.changed = false;
      try {
        await mkdir(dirname(this.file), { recursive: true });
        await writeAside(this.file, [bytes]);
      } catch (error) {
        this.changed = true;
        throw asWorkingFolderError(error, this.file);
      }
    }
    this.at = position;
  }

  private change(sql: string, values: SqlValue[]): void {
    this.guarded(() => this.statement(sql).run(values));
    this.changed = true;
  }

  private row(sql: string, values: SqlValue[] = []): SqlValue[] | undefined {
    return this.rows(sql, values)[0];
  }

  private rows(sql: string, values: SqlValue[]): SqlValue[][] {
    return this.guarded(() => {
      const statement = this.statement(sql);
      const rows: SqlValue[][] = [];
      try {
        statement.bind(values);
        while (statement.step()) rows.push(statement.get());
      } finally {
        // an open reader would hold up the next export
        statement.reset();
      }
      return rows;
    });
  }

  private statement(sql: string): Statement {
    const known = this.statements.get(sql);
    if (known) return known;
    const made = this.database.prepare(sql);
    this.statements.set(sql, made);
    return made;
  }

  /** What SQLite complains of here is damage that its check at the opening does not see, or memory that has run out. */
  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new FatalError(
        'database-broken',
        `The database ${this.file} can't be used: ${said}. Remove it; what is lost is asked for again.`,
        { cause: error },
      );
    }
  }
}
