import type { Database } from 'sql.js';
import { FatalError } from '../../core/model/failure.ts';

/** One step a version; what is written here once is never changed, only added to. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE answers (
    provider TEXT NOT NULL, variant TEXT NOT NULL, sha256 TEXT NOT NULL,
    at INTEGER NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (sha256, provider, variant)
  ) WITHOUT ROWID;
  CREATE TABLE posts (
    site TEXT NOT NULL, id TEXT NOT NULL,
    at INTEGER NOT NULL, post TEXT NOT NULL,
    PRIMARY KEY (site, id)
  ) WITHOUT ROWID;
  CREATE TABLE sorted_files (
    sha256 TEXT NOT NULL, path TEXT NOT NULL,
    source TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (sha256, path)
  ) WITHOUT ROWID;
  CREATE TABLE position (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    journal INTEGER NOT NULL, "offset" INTEGER NOT NULL
  );
  INSERT INTO position VALUES (1, 0, 0);
  `,
  // not WITHOUT ROWID: such a table is a tree of whole rows, and these are too long for its inner pages
  `
  CREATE TABLE looks (
    sha256 TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, hash TEXT NOT NULL, pixels BLOB NOT NULL
  );
  `,
];

/** Brings a database, also an empty one, to the version of this program. @throws FatalError when it is of a newer one */
export function migrate(database: Database, file: string): void {
  const version = Number(database.exec('PRAGMA user_version')[0]?.values[0]?.[0]);
  if (version > MIGRATIONS.length) {
    throw new FatalError(
      'database-broken',
      `${file} was written by a newer version of Image Inbox (its version is ${version}, this one knows ${MIGRATIONS.length}). Use that one.`,
    );
  }
  for (const [i, step] of MIGRATIONS.entries()) {
    if (i >= version) database.exec(`BEGIN; ${step} PRAGMA user_version = ${i + 1}; COMMIT;`);
  }
}
