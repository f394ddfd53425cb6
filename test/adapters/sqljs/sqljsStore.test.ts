import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdir, open, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import initSqlJs from 'sql.js';
import { asidePath } from '../../../src/adapters/files/asidePath.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { CHROMA_CELLS, LUMA_CELLS, type Look } from '../../../src/core/model/look.ts';
import type { Correction } from '../../../src/core/learning/correction.ts';
import { PROVIDER_IDS, type Post } from '../../../src/core/model/match.ts';
import type { SearchAnswer } from '../../../src/core/ports/reverseImageSearch.ts';
import type { RememberedAnswer } from '../../../src/core/ports/store.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { sha256Of } from '../support/contentOf.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const SHA = sha256Of('an image');
const POST: Post = {
  ref: { site: 'danbooru', id: '9007199254740993' },
  url: 'https://danbooru.example/posts/9007199254740993',
  tags: { ...NO_TAGS, general: ['blue_eyes', 'ステージ♪'], artist: ["o'brien"] },
  rating: 'general',
  sources: [],
};
const FOUND: SearchAnswer = {
  kind: 'found',
  candidates: [
    { similarity: 93.5, url: POST.url, posts: [POST.ref], post: POST, sources: ['https://pixiv.example/1'] },
  ],
};
const NO_MATCH: SearchAnswer = { kind: 'no-match', best: 42.1, threshold: 70 };

const look = (seed: number): Look => ({
  width: 1200,
  height: 840 + seed,
  hash: seed.toString(16).padStart(16, '0'),
  pixels: Uint8Array.from({ length: LUMA_CELLS + 2 * CHROMA_CELLS }, (_, i) => i * seed),
});

const remembered = (changes: Partial<RememberedAnswer> = {}): RememberedAnswer => ({
  provider: 'iqdb',
  variant: '80',
  sha256: SHA,
  at: 1000,
  answer: FOUND,
  ...changes,
});

async function scene() {
  const folder = await temporaryFolder();
  const file = join(folder.path, '.image-inbox', 'image-inbox.db');
  const log = new CollectedLog();
  return {
    file,
    log,
    /** of the files of long values */
    values: async () => (await readdir(dirname(file))).filter((name) => name.endsWith('.values')).map((name) => join(dirname(file), name)), // prettier-ignore
    async valueBytes() {
      const sizes = await Promise.all((await this.values()).map(async (path) => (await stat(path)).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    open: (scratch = false) => SqljsStore.open({ file, wasm, log, scratch }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function sameLook(found: Look | undefined, expected: Look): void {
  assert.deepEqual(found && { ...found, pixels: [...found.pixels] }, { ...expected, pixels: [...expected.pixels] });
}

/** An answer that is too long to stand in its row. */
const long = (seed: number): SearchAnswer => {
  const general = Array.from({ length: 60 }, (_, n) => sha256Of(`tag ${n} of ${seed}`));
  const post = { ...POST, tags: { ...NO_TAGS, general } };
  return { kind: 'found', candidates: [{ similarity: 100, url: POST.url, posts: [POST.ref], post, sources: [] }] };
};

/** A database file that holds one answer, at a position. */
async function kept(s: Awaited<ReturnType<typeof scene>>): Promise<void> {
  const store = await s.open();
  store.rememberAnswer(remembered());
  await store.checkpoint({ journal: 3, offset: 4711 });
  store.close();
}

describe('SqljsStore', () => {
  it('begins empty, at the beginning of everything, without writing a file', async () => {
    await using s = await scene();
    const store = await s.open();
    assert.deepEqual(store.position, { journal: 0, offset: 0 });
    assert.equal(store.answer('iqdb', '80', SHA, 0), undefined);
    await store.checkpoint({ journal: 1, offset: 10 });
    store.close();
    await assert.rejects(stat(s.file), { code: 'ENOENT' });
  });

  it('remembers answers by service, variant and picture, as long as they are fresh', async () => {
    await using s = await scene();
    const store = await s.open();
    store.rememberAnswer(remembered());
    store.rememberAnswer(remembered({ variant: '90', answer: NO_MATCH }));
    assert.deepEqual(store.answer('iqdb', '80', SHA, 1000), FOUND);
    assert.deepEqual(store.answer('iqdb', '90', SHA, 0), NO_MATCH);
    assert.equal(store.answer('iqdb', '80', SHA, 1001), undefined);
    assert.equal(store.answer('saucenao', '80', SHA, 0), undefined);
    assert.equal(store.answer('iqdb', '80', sha256Of('another'), 0), undefined);
    store.rememberAnswer(remembered({ at: 2000, answer: NO_MATCH }));
    assert.deepEqual(store.answer('iqdb', '80', SHA, 1001), NO_MATCH);
    store.close();
  });

  it('remembers posts, with ids that are too large for a number', async () => {
    await using s = await scene();
    const store = await s.open();
    store.rememberPost(POST, 5);
    assert.deepEqual(store.post({ site: 'danbooru', id: '9007199254740993' }, 5), POST);
    assert.equal(store.post({ site: 'danbooru', id: '9007199254740992' }, 0), undefined);
    assert.equal(store.post(POST.ref, 6), undefined);
    store.close();
  });

  it('remembers everything that a candidate and a post can tell', async () => {
    await using s = await scene();
    const store = await s.open();
    const post: Post = { ...POST, width: 1200, height: 840, md5: '0123456789abcdef0123456789abcdef' };
    const answer: SearchAnswer = {
      kind: 'found',
      candidates: [
        { similarity: 100, url: post.url, posts: [post.ref], post, sources: [], md5: '0123456789abcdef0123456789abcdef', tags: { ...NO_TAGS, general: ['blue_eyes', 'ステージ♪'] }, artist: 'otter', title: '夏' },
      ],
    }; // prettier-ignore
    for (const provider of PROVIDER_IDS) store.rememberAnswer(remembered({ provider, answer }));
    for (const provider of PROVIDER_IDS) assert.deepEqual(store.answer(provider, '80', SHA, 0), answer, provider);
    store.rememberPost(post, 1);
    assert.deepEqual(store.post(post.ref, 0), post);
    store.close();
  });

  it('remembers how pictures look, over a restart, and lists the telling ones, those of before first', async () => {
    await using s = await scene();
    const store = await s.open();
    assert.deepEqual([...store.tellingLooks(0)], []);
    store.rememberLook(sha256Of('b'), look(2), true, 20);
    store.rememberLook(sha256Of('a'), look(1), true, 10);
    store.rememberLook(sha256Of('b'), look(3), true, 30);
    store.rememberLook(sha256Of('white'), look(4), false, 40);
    const known = [
      { sha256: sha256Of('a'), hash: look(1).hash },
      { sha256: sha256Of('b'), hash: look(3).hash },
    ];
    const isAsItWas = (open: SqljsStore): void => {
      assert.deepEqual([...open.tellingLooks(10)], known);
      for (const [name, seed] of [['a', 1], ['b', 3], ['white', 4]] as const) sameLook(open.look(sha256Of(name)), look(seed)); // prettier-ignore
      assert.equal(open.look(sha256Of('another')), undefined);
    };
    isAsItWas(store);
    await store.checkpoint({ journal: 1, offset: 1 });
    isAsItWas(store);
    store.close();
    const next = await s.open();
    isAsItWas(next);
    next.close();
  });

  it('keeps a look that is seen again once, as old as it was seen last', async () => {
    await using s = await scene();
    const store = await s.open();
    store.rememberLook(SHA, look(1), true, 10);
    await store.checkpoint({ journal: 1, offset: 1 });
    const before = await s.valueBytes();
    store.rememberLook(SHA, look(1), true, 20);
    await store.checkpoint({ journal: 1, offset: 2 });
    assert.equal(await s.valueBytes(), before);
    assert.equal([...store.tellingLooks(15)].length, 1);
    store.close();
  });

  it('forgets the looks of pictures that were seen before a time', async () => {
    await using s = await scene();
    const store = await s.open();
    for (const at of [10, 20, 30]) store.rememberLook(sha256Of(String(at)), look(at), true, at);
    await store.checkpoint({ journal: 1, offset: 1 });
    const left = [20, 30].map((at) => ({ sha256: sha256Of(String(at)), hash: look(at).hash }));
    assert.deepEqual([...store.tellingLooks(20)], left);
    await store.checkpoint({ journal: 1, offset: 2 });
    store.close();
    const next = await s.open();
    assert.deepEqual([...next.tellingLooks(0)], left);
    assert.equal(next.look(sha256Of('10')), undefined);
    next.close();
  });

  it('writes nothing when it was asked for looks and had none to forget', async () => {
    await using s = await scene();
    const store = await s.open();
    store.rememberLook(SHA, look(1), true, 10);
    await store.checkpoint({ journal: 1, offset: 1 });
    store.close();
    const before = await stat(s.file);
    const next = await s.open();
    assert.equal([...next.tellingLooks(10)].length, 1);
    await next.checkpoint({ journal: 2, offset: 1 });
    next.close();
    assert.equal((await stat(s.file)).mtimeMs, before.mtimeMs);
  });

  it('takes up the file of the version before, with what it knows', async () => {
    await using s = await scene();
    await kept(s);
    const sql = await initSqlJs({ locateFile: () => wasm });
    const database = new sql.Database(await readFile(s.file));
    const later = [
      'looks',
      'long_values',
      'features',
      'corrections',
      'learned',
      'learned_categories',
      'placements',
      'losses',
    ];
    for (const table of later) database.exec(`DROP TABLE ${table}`);
    database.exec('ALTER TABLE answers DROP COLUMN place; ALTER TABLE posts DROP COLUMN place');
    database.exec('ALTER TABLE sorted_files DROP COLUMN features; PRAGMA user_version = 1');
    // as digits
    database.exec('UPDATE answers SET sha256 = lower(hex(sha256))');
    await writeFile(s.file, database.export());
    database.close();
    const store = await s.open();
    assert.deepEqual(store.position, { journal: 3, offset: 4711 });
    assert.deepEqual(store.answer('iqdb', '80', SHA, 0), FOUND);
    store.rememberLook(SHA, look(1), true, 10);
    sameLook(store.look(SHA), look(1));
    store.close();
  });

  it('keeps the hashes of images as bytes, also those that earlier versions wrote as digits', async () => {
    await using s = await scene();
    const before = await s.open();
    before.rememberAnswer(remembered());
    before.rememberLook(SHA, look(1), true, 10);
    before.rememberSorted({ sha256: SHA, path: '/Sorted/a.jpg', source: '/Inbox/a.jpg', at: 1 }, ['tag:sea']);
    const correction: Correction = {
      ...{ image: SHA, at: 5, revised: 5, name: 'a.jpg', to: 'Sea', features: ['tag:sea'] },
      by: 'review',
    };
    before.preferences.change({ put: [correction] });
    const placement = { image: SHA, at: 5, category: 'Sea', confidence: 0.5, losses: [1], wrong: false };
    before.preferences.change({ placement });
    await before.checkpoint({ journal: 1, offset: 1 });
    before.close();
    const sql = await initSqlJs({ locateFile: () => wasm });
    const TABLES = ['answers', 'looks', 'sorted_files', 'corrections', 'placements'];
    const sizes = (bytes: Uint8Array): unknown => {
      const database = new sql.Database(bytes);
      const found = TABLES.map((table) => database.exec(`SELECT length(sha256) FROM ${table}`)[0]?.values[0]?.[0]);
      database.close();
      return found;
    };
    assert.deepEqual(sizes(await readFile(s.file)), [32, 32, 32, 32, 32]);
    const earlier = new sql.Database(await readFile(s.file));
    for (const table of TABLES) earlier.exec(`UPDATE ${table} SET sha256 = lower(hex(sha256))`);
    earlier.exec('PRAGMA user_version = 4');
    await writeFile(s.file, earlier.export());
    earlier.close();
    const store = await s.open();
    assert.deepEqual(store.answer('iqdb', '80', SHA, 0), FOUND);
    sameLook(store.look(SHA), look(1));
    assert.deepEqual([...store.tellingLooks(0)], [{ sha256: SHA, hash: look(1).hash }]);
    assert.deepEqual(store.sortedFeatures(SHA), ['tag:sea']);
    assert.deepEqual(store.preferences.correction(SHA), correction);
    assert.deepEqual(store.preferences.placements(9), [placement]);
    await store.checkpoint({ journal: 1, offset: 1 });
    store.close();
    assert.deepEqual(sizes(await readFile(s.file)), [32, 32, 32, 32, 32], 'also when nothing else has changed');
    const again = await s.open();
    again.rememberAnswer(remembered({ at: 2000 }));
    assert.deepEqual(again.answer('iqdb', '80', SHA, 2000), FOUND);
    again.close();
  });

  it('remembers where bytes were sorted to, the latest first, each place once', async () => {
    await using s = await scene();
    const store = await s.open();
    const file = (name: string, at: number) => ({ sha256: SHA, path: `/Sorted/絵 "${name}".jpg`, source: `/Inbox/${name}.jpg`, at }); // prettier-ignore
    for (const f of [file('a', 1.5), file('b', 3), file('c', 2), file('a', 1.5)]) store.rememberSorted(f);
    assert.deepEqual(store.sortedFiles(SHA), [file('b', 3), file('c', 2), file('a', 1.5)]);
    assert.deepEqual(store.sortedFiles(sha256Of('another')), []);
    store.close();
  });

  it('keeps everything up to a checkpoint, and its position, over a restart', async () => {
    await using s = await scene();
    const store = await s.open();
    store.rememberAnswer(remembered());
    await store.checkpoint({ journal: 2, offset: 4711 });
    store.rememberPost(POST, 1);
    // killed here
    const next = await s.open();
    assert.deepEqual(next.position, { journal: 2, offset: 4711 });
    assert.deepEqual(next.answer('iqdb', '80', SHA, 0), FOUND);
    assert.equal(next.post(POST.ref, 0), undefined);
    store.close();
    next.close();
  });

  it('works on after a checkpoint', async () => {
    await using s = await scene();
    const store = await s.open();
    for (let round = 1; round <= 3; round++) {
      store.rememberSorted({ sha256: SHA, path: `/Sorted/${round}`, source: '/Inbox/a', at: round });
      assert.equal(store.sortedFiles(SHA).length, round);
      await store.checkpoint({ journal: 1, offset: round });
    }
    store.close();
    const next = await s.open();
    assert.equal(next.sortedFiles(SHA).length, 3);
    assert.deepEqual(next.position, { journal: 1, offset: 3 });
    next.close();
  });

  it('keeps what is long in a file beside the database, up to a checkpoint', async () => {
    await using s = await scene();
    const store = await s.open();
    for (let n = 0; n < 1000; n++) store.rememberAnswer(remembered({ sha256: sha256Of(`${n}`), answer: long(n) }));
    await store.checkpoint({ journal: 1, offset: 1 });
    assert.ok((await stat(s.file)).size < 200_000);
    const [file] = await s.values();
    const { size } = await stat(file!);
    store.rememberPost({ ...POST, sources: [sha256Of('1'), sha256Of('2'), sha256Of('3'), sha256Of('4'), sha256Of('5')] }, 1); // prettier-ignore
    for (let n = 1000; n < 2000; n++) store.rememberAnswer(remembered({ sha256: sha256Of(`${n}`), answer: long(n) }));
    for (const n of [0, 999, 1000, 1999]) assert.deepEqual(store.answer('iqdb', '80', sha256Of(`${n}`), 0), long(n));
    assert.ok((await stat(file!)).size > size, 'what is long is not held until the checkpoint');
    // killed here
    const next = await s.open();
    for (const n of [0, 999]) assert.deepEqual(next.answer('iqdb', '80', sha256Of(`${n}`), 0), long(n));
    assert.equal(next.answer('iqdb', '80', sha256Of('1000'), 0), undefined);
    next.rememberAnswer(remembered({ answer: long(-1) }));
    assert.deepEqual(next.answer('iqdb', '80', SHA, 0), long(-1));
    await next.checkpoint({ journal: 1, offset: 2 });
    assert.equal((await s.values()).length, 1);
    store.close();
    next.close();
    const last = await s.open();
    assert.deepEqual(last.answer('iqdb', '80', SHA, 0), long(-1));
    last.close();
  });

  it('takes a long value that is damaged for unknown', async () => {
    await using s = await scene();
    const store = await s.open();
    for (const n of [1, 2]) store.rememberAnswer(remembered({ sha256: sha256Of(`${n}`), answer: long(n) }));
    await store.checkpoint({ journal: 1, offset: 1 });
    store.close();
    const [file] = await s.values();
    const bytes = await readFile(file!);
    for (const at of [0, 3, 5, 100]) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x40;
      await writeFile(file!, damaged);
      const next = await s.open();
      assert.equal(next.answer('iqdb', '80', sha256Of('1'), 0), undefined, `byte ${at}`);
      assert.deepEqual(next.answer('iqdb', '80', sha256Of('2'), 0), long(2), `byte ${at}`);
      next.close();
    }
  });

  it('takes a database whose long values are gone or cut off for damaged', async () => {
    for (const damage of [
      (path: string) => rm(path),
      async (path: string) => truncate(path, (await stat(path)).size - 1),
    ]) {
      // prettier-ignore
      await using s = await scene();
      const store = await s.open();
      store.rememberAnswer(remembered({ answer: long(1) }));
      await store.checkpoint({ journal: 3, offset: 7 });
      store.close();
      const [file] = await s.values();
      await damage(file!);
      const scratch = await s.open(true);
      assert.deepEqual(scratch.position, { journal: 0, offset: 0 });
      scratch.close();
      const next = await s.open();
      assert.deepEqual(next.position, { journal: 0, offset: 0 });
      assert.ok((await readdir(dirname(s.file))).some((name) => name.startsWith('image-inbox.db.broken-')));
      next.rememberAnswer(remembered({ answer: long(1) }));
      await next.checkpoint({ journal: 3, offset: 7 });
      assert.equal((await s.values()).length, 1, 'those of the damaged one are gone');
      assert.deepEqual(next.answer('iqdb', '80', SHA, 0), long(1));
      next.close();
    }
  });

  it('touches no file but its own for long values, whatever the database and the folder say', async () => {
    await using s = await scene();
    const store = await s.open();
    store.rememberAnswer(remembered({ answer: long(1) }));
    await store.checkpoint({ journal: 3, offset: 7 });
    store.close();
    const [file] = await s.values();
    const bytes = await readFile(file!);
    const whole = await readFile(s.file);
    const precious = join(dirname(dirname(s.file)), 'precious.values');
    await writeFile(precious, bytes);
    const sql = await initSqlJs({ locateFile: () => wasm });
    await mkdir(join(dirname(s.file), 'image-inbox-x'));
    const named = ['x/../../precious', '../precious', '0a1b2c3d/', ''].map((name) => async () => {
      const database = new sql.Database(whole);
      database.run('UPDATE long_values SET file = ?', [name]);
      await writeFile(s.file, database.export());
      database.close();
    });
    const linked = async (): Promise<void> => {
      await writeFile(s.file, whole);
      await rm(file!, { force: true });
      await symlink(precious, file!);
    };
    for (const trap of [...named, linked]) {
      await trap();
      const next = await s.open();
      assert.equal(next.answer('iqdb', '80', SHA, 0), undefined);
      for (let n = 0; n < 1000; n++) next.rememberLook(sha256Of(`${n}`), look(n), true, n);
      await next.checkpoint({ journal: 4, offset: 7 });
      next.close();
      assert.deepEqual(await readFile(precious), bytes);
    }
  });

  it('reads long values for a look at what would be, and keeps none of its own', async () => {
    await using s = await scene();
    const store = await s.open();
    store.rememberAnswer(remembered({ answer: long(1) }));
    await store.checkpoint({ journal: 3, offset: 7 });
    const bytes = await s.valueBytes();
    const scratch = await s.open(true);
    assert.deepEqual(scratch.answer('iqdb', '80', SHA, 0), long(1));
    for (let n = 0; n < 1000; n++) scratch.rememberLook(sha256Of(`${n}`), look(n), true, n);
    sameLook(scratch.look(sha256Of('7')), look(7));
    await scratch.checkpoint({ journal: 4, offset: 7 });
    assert.equal(await s.valueBytes(), bytes);
    scratch.close();
    store.close();
  });

  it('leaves forgotten looks behind when they are most of the file', async () => {
    await using s = await scene();
    const store = await s.open();
    store.rememberAnswer(remembered({ answer: long(1) }));
    for (let n = 0; n < 4000; n++) store.rememberLook(sha256Of(`${n}`), look(n), true, n);
    store.rememberPost({ ...POST, sources: Array.from({ length: 20 }, (_, n) => sha256Of(`${n}`)) }, 1);
    await store.checkpoint({ journal: 1, offset: 1 });
    assert.equal([...store.tellingLooks(3990)].length, 10);
    await store.checkpoint({ journal: 1, offset: 2 });
    assert.ok((await s.valueBytes()) > 6_000_000);
    store.close();
    const isAsItWas = (open: SqljsStore): void => {
      assert.deepEqual(open.answer('iqdb', '80', SHA, 0), long(1));
      assert.equal(open.post(POST.ref, 0)?.sources.length, 20);
      assert.equal([...open.tellingLooks(0)].length, 10);
      sameLook(open.look(sha256Of('3990')), look(3990));
    };
    const killed = await s.open();
    isAsItWas(killed);
    const next = await s.open();
    await next.checkpoint({ journal: 1, offset: 3 });
    assert.ok((await s.valueBytes()) < 100_000);
    assert.equal((await s.values()).length, 1);
    isAsItWas(next);
    killed.close();
    next.close();
    const last = await s.open();
    isAsItWas(last);
    last.close();
  });

  it('keeps an answer with all its tags in 1,200 bytes: the file is written as a whole', async () => {
    await using s = await scene();
    const store = await s.open();
    for (let n = 0; n < 1000; n++) {
      const general = Array.from({ length: 35 }, (_, tag) => `tag_${(n * 7919 + tag * 104_729) % 4001}_of_some_length`);
      const post = { ...POST, tags: { ...POST.tags, general } };
      const answer: SearchAnswer = {
        kind: 'found',
        candidates: [{ similarity: 100, url: POST.url, posts: [POST.ref], post, sources: [] }],
      };
      store.rememberAnswer(remembered({ sha256: sha256Of(`image ${n}`), answer }));
      assert.deepEqual(store.answer('iqdb', '80', sha256Of(`image ${n}`), 0), answer);
    }
    await store.checkpoint({ journal: 1, offset: 1 });
    store.close();
    assert.ok((await stat(s.file)).size < 1_200_000, `${(await stat(s.file)).size} bytes`);
  });

  it('takes what is remembered while a checkpoint is being written into the next one', async () => {
    await using s = await scene();
    const store = await s.open();
    store.rememberAnswer(remembered());
    const first = store.checkpoint({ journal: 1, offset: 1 });
    store.rememberPost(POST, 1);
    await first;
    await store.checkpoint({ journal: 1, offset: 2 });
    store.close();
    const next = await s.open();
    assert.deepEqual(next.post(POST.ref, 0), POST);
    next.close();
  });

  it('writes nothing when nothing has changed', async () => {
    await using s = await scene();
    await kept(s);
    const before = await stat(s.file);
    const store = await s.open();
    assert.deepEqual(store.answer('iqdb', '80', SHA, 0), FOUND);
    await store.checkpoint({ journal: 9, offset: 9 });
    assert.deepEqual(store.position, { journal: 9, offset: 9 });
    store.close();
    const after = await stat(s.file);
    assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
  });

  it('is a database that SQLite reads, whole at every moment', async () => {
    await using s = await scene();
    await kept(s);
    await writeFile(asidePath(s.file), 'left by a killed process');
    const store = await s.open();
    store.rememberPost(POST, 1);
    await store.checkpoint({ journal: 4, offset: 1 });
    store.close();
    assert.deepEqual(await readdir(dirname(s.file)), ['image-inbox.db']);
    const sql = await initSqlJs({ locateFile: () => wasm });
    const database = new sql.Database(await readFile(s.file));
    assert.equal(database.exec('SELECT id FROM posts')[0]?.values[0]?.[0], '9007199254740993');
    database.close();
  });

  it('moves a damaged file aside, says so, and begins anew', async () => {
    const damages: readonly ((file: string) => Promise<void>)[] = [
      (file) => writeFile(file, 'this is no database'),
      (file) => truncate(file, 0),
      async (file) => truncate(file, (await stat(file)).size - 1000),
      async (file) => {
        const handle = await open(file, 'r+');
        // every page but the first
        const { size } = await handle.stat();
        await handle.write(Buffer.alloc(size - 4096, 0xff), 0, size - 4096, 4096);
        await handle.close();
      },
    ];
    for (const damage of damages) {
      await using s = await scene();
      await kept(s);
      await damage(s.file);
      const damaged = await readFile(s.file);
      const store = await s.open();
      assert.deepEqual(store.position, { journal: 0, offset: 0 });
      assert.equal(store.answer('iqdb', '80', SHA, 0), undefined);
      const names = await readdir(dirname(s.file));
      assert.match(names.join(), /^image-inbox\.db\.broken-[\dT-]+Z$/);
      assert.deepEqual(await readFile(join(dirname(s.file), names[0]!)), damaged);
      assert.ok(s.log.lines.some((line) => line.includes(s.file) && line.includes(names[0]!)));
      store.rememberAnswer(remembered());
      await store.checkpoint({ journal: 3, offset: 5 });
      store.close();
      assert.ok((await readdir(dirname(s.file))).includes(basename(s.file)));
    }
  });

  it('leaves the file of a newer version alone', async () => {
    await using s = await scene();
    await kept(s);
    const sql = await initSqlJs({ locateFile: () => wasm });
    const database = new sql.Database(await readFile(s.file));
    database.exec('PRAGMA user_version = 99');
    await writeFile(s.file, database.export());
    database.close();
    await assert.rejects(s.open(), { name: 'FatalError', reason: 'newer-version', message: /newer version/ });
    assert.deepEqual(await readdir(dirname(s.file)), ['image-inbox.db']);
  });

  it('takes what is no answer for unknown, so that the service is asked again', async () => {
    await using s = await scene();
    await kept(s);
    const sql = await initSqlJs({ locateFile: () => wasm });
    for (const damaged of [
      '{"kind":"found","candidates":[{}]}',
      '{"kind":"quota","until":1,"why":""}',
      '[',
      '"found"',
      new Uint8Array([1, 2, 3]),
      deflateRawSync('"found"'),
    ]) {
      const database = new sql.Database(await readFile(s.file));
      database.run('UPDATE answers SET answer = ?', [damaged]);
      await writeFile(s.file, database.export());
      database.close();
      const store = await s.open();
      assert.equal(store.answer('iqdb', '80', SHA, 0), undefined);
      store.close();
    }
  });

  it('stops the run when the folder can not be used', async () => {
    await using s = await scene();
    await writeFile(dirname(s.file), 'a file in the way');
    await assert.rejects(s.open(), { name: 'FatalError', reason: 'not-writable' });
  });
});
