import { readFile, rename } from 'node:fs/promises';
import type { Database, SqlJsStatic } from 'sql.js';
import { FatalError } from '../../core/model/failure.ts';
import type { Log } from '../../core/ports/log.ts';
import { asWorkingFolderError, codeOf } from '../files/fileErrors.ts';
import { LongValues } from './longValues.ts';
import { migrate } from './schema.ts';

/** SQLite's own choice, which we leave. */
const PAGE_SIZE = 4096;

export interface OpenDatabase {
  readonly database: Database;
  readonly values: LongValues;
  /** the file is an earlier version's */
  readonly isMigrated: boolean;
  /** where the broken file is that this one takes the place of */
  readonly kept?: string;
}

/**
 * The database of a file, or an empty one when there is no file.
 * @param broken what becomes of a broken file
 * @throws FatalError
 */
export async function openDatabase(
  sql: SqlJsStatic,
  file: string,
  log: Log,
  broken: 'move-aside' | 'leave',
): Promise<OpenDatabase> {
  const bytes = await readIfThere(file);
  let kept: string | undefined;
  if (bytes) {
    try {
      assertWholePages(bytes);
      return opened(new sql.Database(bytes), file, broken === 'move-aside');
    } catch (error) {
      if (error instanceof FatalError) throw error;
      const fault = `The database ${file} is damaged (${error instanceof Error ? error.message : String(error)}).`;
      if (broken === 'leave') {
        log.warn(`${fault} What the journals and manifests know is taken from them.`);
        return opened(new sql.Database(), file, false);
      }
      kept = `${file}.broken-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
      await rename(file, kept).catch((e: unknown) => {
        throw asWorkingFolderError(e, file);
      });
      log.warn(
        `${fault} It was moved to ${kept}, ` +
          'and a new one is made from the journals and manifests. Searches that they do not know will be asked again.',
      );
    }
  }
  return { ...opened(new sql.Database(), file, broken === 'move-aside'), ...(kept !== undefined && { kept }) };
}

/** @param keeps whether what is changed is to be kept */
function opened(database: Database, file: string, keeps: boolean): OpenDatabase {
  try {
    // the file is written as a whole and aside, so that SQLite's own protection would only cost time
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;');
    const fault = database.exec('PRAGMA quick_check(1)')[0]?.values[0]?.[0];
    if (fault !== 'ok') throw new Error(String(fault));
    const isMigrated = migrate(database, file);
    return { database, isMigrated, values: openValues(database, file, keeps) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @throws Error */
export function assertWholePages(bytes: Uint8Array): void {
  // SQLite takes an empty file for an empty database, and what is missing of the last page for zeros
  if (bytes.length === 0) throw new Error('it is empty');
  if (bytes.length % PAGE_SIZE !== 0) throw new Error('it is cut off, or no database');
}

/** The file of a database's long values. @throws as `LongValues.open` */
export function openValues(database: Database, file: string, keeps: boolean): LongValues {
  const [id, end] = database.exec('SELECT file, "end" FROM long_values')[0]?.values[0] ?? [];
  return LongValues.open(file, { id: String(id), end: Number(end) }, keeps);
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw asWorkingFolderError(error, file);
  }
}
