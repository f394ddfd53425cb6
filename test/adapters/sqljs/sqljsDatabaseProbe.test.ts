import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import initSqlJs from 'sql.js';
import { SqljsDatabaseProbe } from '../../../src/adapters/sqljs/sqljsDatabaseProbe.ts';
import { SqljsProbe } from '../../../src/adapters/sqljs/sqljsProbe.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { sha256Of } from '../support/contentOf.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

async function scene() {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'image-inbox.db');
  return {
    file,
    look: () => new SqljsDatabaseProbe({ file, wasm }).look(),
    fill: async (images: number) => {
      const store = await SqljsStore.open({ file, wasm, log: new CollectedLog() });
      for (let i = 0; i < images; i++) {
        const sha256 = sha256Of(String(i));
        const answer = { kind: 'no-match', threshold: 70 } as const;
        store.rememberAnswer({ provider: 'iqdb', variant: '80', sha256, at: i, answer });
        store.rememberSorted({ sha256, path: `/Sorted/${i} 夏.jpg`, source: `/Inbox/${i} 夏.jpg`, at: i });
      }
      await store.checkpoint({ journal: 1, offset: 1 });
      store.close();
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe('A look at the database', () => {
  it('counts what a sound one knows', async () => {
    await using s = await scene();
    assert.deepEqual(await s.look(), { kind: 'none' });
    await s.fill(12);
    const { size } = await stat(s.file);
    assert.deepEqual(await s.look(), { kind: 'sound', bytes: size, answers: 12, sortedFiles: 12 });
  });

  it('finds damage, and leaves the file as it is', async () => {
    await using s = await scene();
    await s.fill(500);
    const whole = await readFile(s.file);
    const damaged = Buffer.from(whole);
    damaged.fill(0xaa, 4096, 3 * 4096);
    for (const bytes of [
      damaged,
      whole.subarray(0, 5000),
      whole.subarray(0, -1),
      Buffer.from('not a database at all'),
      Buffer.alloc(0),
    ]) {
      await writeFile(s.file, bytes);
      const facts = await s.look();
      assert.ok(facts.kind === 'broken', `${bytes.length} bytes: ${facts.kind}`);
      assert.ok(facts.why.includes(s.file));
      assert.deepEqual(await readFile(s.file), bytes);
    }
    assert.deepEqual(await readdir(dirname(s.file)), ['image-inbox.db']);
  });

  it('finds that the file of the long values is gone, without which the next run begins anew', async () => {
    await using s = await scene();
    const store = await SqljsStore.open({ file: s.file, wasm, log: new CollectedLog() });
    const post = { ref: { site: 'danbooru', id: '1' }, url: 'https://danbooru.donmai.us/posts/1' } as const;
    const tags = { general: [], character: [], copyright: [], artist: [], meta: [] };
    const sources = Array.from({ length: 100 }, (_, i) => `https://${sha256Of(String(i))}`);
    store.rememberPost({ ...post, tags, sources }, 1);
    await store.checkpoint({ journal: 1, offset: 1 });
    store.close();
    assert.equal((await s.look()).kind, 'sound');
    const values = (await readdir(dirname(s.file))).find((name) => name.endsWith('.values')) ?? '';
    await rm(join(dirname(s.file), values));
    assert.equal((await s.look()).kind, 'broken');
  });

  it('does not take one of a newer version for damaged', async () => {
    await using s = await scene();
    const sql = await initSqlJs({ locateFile: () => wasm });
    const newer = new sql.Database();
    newer.exec('PRAGMA user_version = 9999');
    await writeFile(s.file, newer.export());
    newer.close();
    const facts = await s.look();
    assert.ok(facts.kind === 'unusable');
    assert.match(facts.why, /newer version/);
  });
});

describe('The probe of sql.js', () => {
  it('says which SQLite it is', async () => {
    const works = await new SqljsProbe(wasm).probe();
    assert.match(works.kind === 'works' ? works.version : works.why, /^SQLite 3\.\d+/);
  });

  it('says that it can’t be loaded', async () => {
    await using folder = await temporaryFolder();
    const damaged = join(folder.path, 'sql-wasm.wasm');
    await writeFile(damaged, (await readFile(wasm)).subarray(0, 100_000));
    for (const [file, cause] of [
      [damaged, /is damaged/],
      [join(folder.path, 'none.wasm'), /ENOENT/],
    ] as const) {
      const broken = await new SqljsProbe(file).probe();
      assert.match(broken.kind === 'broken' ? broken.why : '', cause);
    }
  });
});
