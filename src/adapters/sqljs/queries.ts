import type { Database, SqlValue, Statement } from 'sql.js';
import { FatalError } from '../../core/model/failure.ts';

/** One database with its prepared statements, which are made once. @throws FatalError `database-broken` from every method */
export class Queries {
  private readonly file: string;
  private readonly database: Database;
  private readonly statements = new Map<string, Statement>();
  /** rows changed since it was last set to false */
  changed = false;

  /** @param file absolute path, for messages */
  constructor(file: string, database: Database) {
    this.file = file;
    this.database = database;
  }

  change(sql: string, values: SqlValue[]): void {
    this.guarded(() => this.statement(sql).run(values));
    this.changed = true;
  }

  row(sql: string, values: SqlValue[] = []): SqlValue[] | undefined {
    return this.rows(sql, values)[0];
  }

  rows(sql: string, values: SqlValue[] = []): SqlValue[][] {
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

  /** One row at a time; nothing else may be done with the database meanwhile. */
  *each(sql: string): Generator<SqlValue[]> {
    const statement = this.guarded(() => this.statement(sql));
    try {
      while (this.guarded(() => statement.step())) yield this.guarded(() => statement.get());
    } finally {
      statement.reset();
    }
  }

  /** All changes of `work`, or none. */
  transaction(work: () => void): void {
    this.change('BEGIN', []);
    try {
      work();
      this.change('COMMIT', []);
    } catch (error) {
      this.change('ROLLBACK', []);
      throw error;
    }
  }

  /** The database as the bytes of its file. */
  export(): Uint8Array {
    return this.guarded(() => this.database.export());
  }

  close(): void {
    for (const statement of this.statements.values()) statement.free();
    this.statements.clear();
    this.database.close();
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
        `The database ${this.file} can't be used: ${said}. Remove it, or let image-inbox doctor --repair make it again from the journals.`,
        { cause: error },
      );
    }
  }
}
