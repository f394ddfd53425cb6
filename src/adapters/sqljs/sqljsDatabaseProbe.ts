import { readFile } from 'node:fs/promises';
import type { Database } from 'sql.js';
import { FatalError } from '../../core/model/failure.ts';
import type { DatabaseFacts, DatabaseProbe } from '../../core/ports/databaseProbe.ts';
import { codeOf } from '../files/fileErrors.ts';
import { loadSqljs } from './loadSqljs.ts';
import { assertWholePages, openValues } from './openDatabase.ts';
import { migrate } from './schema.ts';

export interface SqljsDatabaseProbeOptions {
  /** absolute path of the database */
  readonly file: string;
  /** absolute path of sql.js's `sql-wasm.wasm` */
  readonly wasm: string;
}

/** Looks through a copy of the database in memory; a run that is on replaces the file as a whole, so that it is never torn. */
export class SqljsDatabaseProbe implements DatabaseProbe {
  private readonly options: SqljsDatabaseProbeOptions;

  constructor(options: SqljsDatabaseProbeOptions) {
    this.options = options;
  }

  async look(): Promise<DatabaseFacts> {
    const { file, wasm } = this.options;
    const bytes = await readIfThere(file);
    if (!bytes) return { kind: 'none' };
    const sql = await loadSqljs(wasm);
    let database: Database | undefined;
    try {
      assertWholePages(bytes);
      database = new sql.Database(bytes);
      const fault = value(database, 'PRAGMA integrity_check(1)');
      if (fault !== 'ok') return { kind: 'broken', why: `${file}: ${String(fault)}` };
      // as the next run would, so that tables of later versions are there
      migrate(database, file);
      openValues(database, file, false).close();
      return {
        kind: 'sound',
        bytes: bytes.length,
        answers: Number(value(database, 'SELECT count(*) FROM answers')),
        sortedFiles: Number(value(database, `SELECT count(*) FROM sorted_files WHERE path <> ''`)),
      };
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return error instanceof FatalError
        ? { kind: 'unusable', why: said }
        : { kind: 'broken', why: `${file}: ${said}` };
    } finally {
      database?.close();
    }
  }
}

const value = (database: Database, sql: string) => database.exec(sql)[0]?.values[0]?.[0];

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
