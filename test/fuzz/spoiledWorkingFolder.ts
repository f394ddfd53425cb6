/** The working folder as a run leaves it, and what is expected of those who read it when one of its files is spoiled. */
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { NodeJournalFolder } from '../../src/adapters/files/nodeJournal.ts';
import { SqljsStore } from '../../src/adapters/sqljs/sqljsStore.ts';
import type { Digest } from '../../src/core/journal/digest.ts';
import type { JournalEvent } from '../../src/core/journal/events.ts';
import { encodeEvent, Journal, readEvents } from '../../src/core/journal/journal.ts';
import { digestOf, replay } from '../../src/core/journal/replay.ts';
import type { ContentHash, ImageId, RunId } from '../../src/core/model/ids.ts';
import type { FoundImage } from '../../src/core/model/image.ts';
import { CHROMA_CELLS, LUMA_CELLS, type Look } from '../../src/core/model/look.ts';
import { NO_TAGS } from '../../src/core/model/tag.ts';
import type { SearchAnswer } from '../../src/core/ports/reverseImageSearch.ts';
import { silentLog } from '../adapters/exiftool/silentLog.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
/** How many pictures the database knows; of each something that stands in it, and something that stands beside it. */
const PICTURES = 20;

export interface JournalSeed {
  readonly journal: Buffer;
  readonly digest: Buffer;
  /** what the whole journal says */
  readonly says: string;
}

/** @param folder that is made for it */
export async function journalSeed(folder: string): Promise<JournalSeed> {
  const found = (n: number): FoundImage => ({ id: `i${n}` as ImageId, path: `/in/${n}.jpg`, size: n, mtimeMs: 1 });
  const scanned = (n: number): JournalEvent => ({
    kind: 'stage-ended',
    image: found(n).id,
    stage: 'scan',
    record: { outcome: { kind: 'done', result: { format: 'jpeg', sha256: shaOf(n), md5: 'b'.repeat(32) } }, ms: 1 },
  });
  const events: JournalEvent[] = [
    { kind: 'run-started', at: '2026-01-01T00:00:00Z', runId: 'r' as RunId, version: '1', plan: { command: 'process', sorted: '/s', skip: [], reprocess: false, offline: false, overrides: {} } },
    ...[1, 2, 3].flatMap((n): JournalEvent[] => [{ kind: 'image-found', image: found(n) }, scanned(n)]),
    { kind: 'image-settled', at: '2026-01-01T00:00:01Z', image: found(1).id, fate: 'processed' },
    { kind: 'stage-ended', image: found(2).id, stage: 'review', record: { outcome: { kind: 'waiting', why: 'review', detail: 'a person' }, ms: 1 } },
    { kind: 'image-settled', at: '2026-01-01T00:00:01Z', image: found(2).id, fate: 'awaiting-review' },
  ]; // prettier-ignore
  const file = await new NodeJournalFolder(folder).create(events.map(encodeEvent));
  const journal = new Journal(file);
  const digest = await digestOf(journal);
  journal.follow(digest);
  await journal.checkpoint(() => Promise.resolve());
  // what comes behind the digest
  await journal.append({ kind: 'image-found', image: found(4) });
  await journal.append({ kind: 'run-ended', at: '2026-01-01T00:00:02Z', outcome: 'completed' });
  const says = said(digest);
  await journal.close();
  const bytes = (ending: string): Buffer => readFileSync(join(folder, `journal/000001.${ending}`));
  return { journal: bytes('ndjson'), digest: bytes('digest'), says };
}

/** Opens the journal as a run does, and reads it as `status` does. @returns what it says */
export async function readJournal(working: string): Promise<string> {
  const folder = new NodeJournalFolder(working);
  const reader = await folder.readLatest();
  assert.ok(reader, 'there is a journal');
  // before it is opened for writing, which cuts off a torn line
  const seen = said(await digestOf(readEvents(reader)));
  const file = await folder.openLatest();
  assert.ok(file);
  try {
    const found = await replay(new Journal(file));
    if (found) assert.equal(said(found.digest), seen, 'the run and the status are of one mind');
  } finally {
    await file.close();
  }
  return seen;
}

const said = (digest: Digest): string =>
  JSON.stringify([digest.run, digest.ended, [...digest.open], [...digest.settled], [...digest.unfinished()], digest.statistics()]); // prettier-ignore

export interface DatabaseSeed {
  /** absolute path of the whole database */
  readonly file: string;
  /** name of the file of its long values */
  readonly valuesName: string;
  readonly database: Buffer;
  readonly values: Buffer;
}

/** @param folder that is made for it */
export async function databaseSeed(folder: string): Promise<DatabaseSeed> {
  const file = join(folder, 'image-inbox.db');
  await inStore(file, async (store) => {
    for (let n = 0; n < PICTURES; n++) {
      store.rememberSorted({ sha256: shaOf(n), path: `/s/${n}.jpg`, source: `/i/${n}.jpg`, at: n }, ['a', `b${n}`]);
      store.rememberAnswer({ provider: 'iqdb', variant: '', sha256: shaOf(n), at: n, answer: SHORT });
      store.rememberAnswer({ provider: 'saucenao', variant: '', sha256: shaOf(n), at: n, answer: longAnswer(n) });
      store.rememberLook(shaOf(n), lookOf(n), true, n);
    }
    await store.checkpoint({ journal: 1, offset: 1 });
  });
  const valuesName = readdirSync(folder).find((name) => name.endsWith('.values'));
  assert.ok(valuesName, 'the database has long values');
  return { file, valuesName, database: readFileSync(file), values: readFileSync(join(folder, valuesName)) };
}

/** Opens the database of a trial, asks it for everything, adds to it and saves it; then there is no trace of it. */
export async function useDatabase(file: string): Promise<void> {
  try {
    await inStore(file, async (store) => {
      for (const { sha256 } of store.allSorted()) {
        store.answer('iqdb', '', sha256, 0);
        store.answer('saucenao', '', sha256, 0);
      }
      for (const { sha256 } of store.tellingLooks(0)) store.look(sha256);
      store.rememberSorted({ sha256: shaOf(PICTURES), path: '/s', source: '/i', at: 1 });
      await store.checkpoint({ journal: 2, offset: 2 });
    });
  } finally {
    // each trial begins without what the last one has set aside
    rmSync(dirname(file), { recursive: true, force: true });
  }
}

/** A whole database with spoiled long values: what it gives is what was put in, or nothing; what is put in now stays. */
export async function useLongValues(values: string, whole: DatabaseSeed): Promise<void> {
  const folder = dirname(values);
  const file = join(folder, basename(whole.file));
  copyFileSync(whole.file, file);
  try {
    await inStore(file, async (store) => {
      for (let n = 0; n < PICTURES; n++) {
        const answer = store.answer('saucenao', '', shaOf(n), 0);
        if (answer) assert.deepEqual(answer, longAnswer(n));
        const look = store.look(shaOf(n));
        if (look) assert.deepEqual({ ...look, pixels: Uint8Array.from(look.pixels) }, lookOf(n));
        store.rememberLook(shaOf(n), lookOf(n), true, n);
      }
      store.rememberAnswer({ provider: 'saucenao', variant: '', sha256: shaOf(0), at: 1, answer: longAnswer(-1) });
      await store.checkpoint({ journal: 2, offset: 2 });
    });
    await inStore(file, (store) => {
      assert.deepEqual(store.answer('saucenao', '', shaOf(0), 0), longAnswer(-1));
      for (let n = 0; n < PICTURES; n++) assert.ok(store.look(shaOf(n)), 'what was put in anew is there');
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inStore(file: string, use: (store: SqljsStore) => Promise<void> | void): Promise<void> {
  const store = await SqljsStore.open({ file, wasm, log: silentLog });
  try {
    await use(store);
  } finally {
    store.close();
  }
}

const shaOf = (n: number): ContentHash => String(n).padStart(64, '0') as ContentHash;

const SHORT: SearchAnswer = { kind: 'no-match', threshold: 80 };

/** That does not fit into a row, and is another one for each picture. */
function longAnswer(n: number): SearchAnswer {
  const general = Array.from({ length: 100 }, (_, i) => `tag_${((n + 7) * 7919 * (i + 1)) % 100_003}`);
  const post = { site: 'danbooru', id: `${n}` } as const;
  return { kind: 'found', candidates: [{ similarity: 90, url: '', posts: [post], sources: [], tags: { ...NO_TAGS, general } }] }; // prettier-ignore
}

const lookOf = (n: number): Look => ({
  width: 100 + n,
  height: 100,
  hash: n.toString(16).padStart(16, '0'),
  pixels: Uint8Array.from({ length: LUMA_CELLS + 2 * CHROMA_CELLS }, (_, i) => (i * (n + 3)) % 251),
});
