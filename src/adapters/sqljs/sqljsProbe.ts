import type { PartAnswer, PartProbe } from '../../core/ports/partProbe.ts';
import { loadSqljs } from './loadSqljs.ts';

/** Loads sql.js and lets it make a database in memory. */
export class SqljsProbe implements PartProbe {
  readonly name = 'sql.js (database)';
  private readonly wasm: string;

  /** @param wasm absolute path of sql.js's `sql-wasm.wasm` */
  constructor(wasm: string) {
    this.wasm = wasm;
  }

  async probe(): Promise<PartAnswer> {
    try {
      const sql = await loadSqljs(this.wasm);
      const database = new sql.Database();
      try {
        const version = database.exec('SELECT sqlite_version()')[0]?.values[0]?.[0];
        return { kind: 'works', version: `SQLite ${String(version)}` };
      } finally {
        database.close();
      }
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return { kind: 'broken', why: `sql.js can’t be loaded: ${said.split('\n', 1)[0] ?? ''}` };
    }
  }
}
