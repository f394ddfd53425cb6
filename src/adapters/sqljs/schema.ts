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
  // features are numbered: written out, those of 100,000 corrections would make a database of 80 MB (see featureNumbers.ts)
  `
  CREATE TABLE features (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE corrections (
    sha256 TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL, revised INTEGER NOT NULL,
    by TEXT NOT NULL, name TEXT NOT NULL, "from" TEXT, "to" TEXT NOT NULL,
    features BLOB NOT NULL, losses TEXT, off INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX corrections_by_time ON corrections (at);
  CREATE TABLE learned (
    feature INTEGER NOT NULL, category TEXT NOT NULL, weight INTEGER NOT NULL,
    PRIMARY KEY (feature, category)
  ) WITHOUT ROWID;
  CREATE TABLE learned_categories (
    category TEXT PRIMARY KEY NOT NULL, weight INTEGER NOT NULL, images INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE placements (
    sha256 TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL, category TEXT NOT NULL,
    confidence REAL NOT NULL, losses TEXT NOT NULL, wrong INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX placements_by_time ON placements (at);
  CREATE TABLE losses (temper INTEGER PRIMARY KEY, sum INTEGER NOT NULL);
  ALTER TABLE sorted_files ADD COLUMN features BLOB;
  `,
  // what is long is in a file beside this one, and here only where (see longValues.ts); a value has the one or the other
  `
  ALTER TABLE answers ADD COLUMN place INTEGER;
  ALTER TABLE posts ADD COLUMN place INTEGER;
  DROP TABLE looks;
  CREATE TABLE looks (
    sha256 TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, hash TEXT NOT NULL, telling INTEGER NOT NULL, place INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX looks_by_time ON looks (at);
  CREATE TABLE long_values (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    file TEXT NOT NULL, "end" INTEGER NOT NULL, dead INTEGER NOT NULL
  );
  INSERT INTO long_values VALUES (1, '', 0, 0);
  `,
  // see storedHash.ts
  ['answers', 'sorted_files', 'looks', 'corrections', 'placements']
    .map((table) => `UPDATE ${table} SET sha256 = unhex(sha256) WHERE length(unhex(sha256)) = 32;`)
    .join('\n'),
];

/**
 * Brings a database, also an empty one, to the version of this program.
 * @returns whether it was an earlier version's
 * @throws FatalError when it is of a newer one
 */
export function migrate(database: Database, file: string): boolean {
  const version = Number(database.exec('PRAGMA user_version')[0]?.values[0]?.[0]);
  if (version > MIGRATIONS.length) {
    throw new FatalError(
      'newer-version',
      `${file} was written by a newer version of Image Inbox (its version is ${version}, this one knows ${MIGRATIONS.length}). Use that one.`,
    );
  }
  for (const [i, step] of MIGRATIONS.entries()) {
    if (i >= version) database.exec(`BEGIN; ${step} PRAGMA user_version = ${i + 1}; COMMIT;`);
  }
  const isEarlier = version > 0 && version < MIGRATIONS.length;
  // what is free now would be written at every checkpoint
  if (isEarlier) database.exec('VACUUM');
  return isEarlier;
}
