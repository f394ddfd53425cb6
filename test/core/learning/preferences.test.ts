import assert from 'node:assert/strict';
import { mkdir, rename, rmdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeSortedTree } from '../../../src/adapters/files/nodeSortedTree.ts';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import { Preferences } from '../../../src/core/learning/preferences.ts';
import { FatalError } from '../../../src/core/model/failure.ts';
import { LockHeld } from '../../../src/core/ports/journalFile.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { hashOfNumber } from '../../adapters/support/hashOfNumber.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { HandClock } from './handClock.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

const by = { at: 1e12, by: 'explorer' } as const;

/** Images that were sorted, two to `Anime/Cats` and one to `Dogs` if not told otherwise, as the database knows them. */
async function scene(places: readonly string[] = ['Anime/Cats/a 猫.jpg', 'Anime/Cats/b.jpg', 'Dogs/c.jpg']) {
  const folder = await temporaryFolder();
  const sorted = join(folder.path, 'Sorted');
  const working = join(folder.path, '.image-inbox');
  let open = 0;
  const openStore = async () => {
    const store = await SqljsStore.open({ file: join(working, 'image-inbox.db'), wasm, log: new CollectedLog() });
    const close = store.close.bind(store);
    open++;
    store.close = () => {
      open--;
      close();
    };
    return store;
  };
  const store = await openStore();
  for (const [n, place] of places.entries()) {
    const path = join(sorted, place);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, String(n));
    store.rememberSorted({ sha256: hashOfNumber(n), path, source: `/inbox/${n}.jpg`, at: 0 }, ['tag:cat', `tag:${n}`]);
  }
  await store.checkpoint({ journal: 0, offset: 0 });
  store.close();
  const locks = new NodeRunLocks(working);
  const parts = { openStore, locks, files: new NodeFiles(), tree: new NodeSortedTree(sorted), clock: new HandClock(1e12), sorted }; // prettier-ignore
  return {
    preferences: new Preferences({ ...parts, learns: true }),
    locks,
    files: parts.files,
    openStore,
    /** databases that are open */
    opened: () => open,
    at: (place: string): string => join(sorted, place),
    /** moves files, one after the other, and tells of it */
    async moves(...moves: readonly (readonly [from: string, to: string])[]) {
      for (const [from, to] of moves) {
        await mkdir(dirname(join(sorted, to)), { recursive: true });
        await rename(join(sorted, from), join(sorted, to));
      }
      return moves.map(([from, to]) => ({ from: join(sorted, from), to: join(sorted, to), ...by }));
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe('what the user moves in VS Code', () => {
  it('is learned from at once, with what was known of the image, and kept', async () => {
    await using s = await scene();
    const [from, to] = [s.at('Anime/Cats/a 猫.jpg'), s.at('Dogs/a 猫.jpg')];
    await rename(from, to);
    const { corrections } = await s.preferences.learnFrom([{ from, to, ...by }]);
    assert.equal(corrections.length, 1);
    const { latest } = await s.preferences.stats(10);
    assert.deepEqual(
      latest.map(({ name, from: before, to: category, features }) => [name, before, category, features]),
      [['a 猫.jpg', 'Anime/Cats', 'Dogs', ['tag:cat', 'tag:0']]],
    );
    await rename(to, s.at('Dogs/other name.jpg'));
    await s.preferences.learnFrom([{ from: to, to: s.at('Dogs/other name.jpg'), ...by }]);
    assert.equal((await s.preferences.stats(0)).corrections, 1, 'a new name is no correction');
  });

  it('is no correction when it is a folder with a new name, which takes along what was learned', async () => {
    await using s = await scene();
    await rename(s.at('Dogs/c.jpg'), s.at('Anime/Cats/c.jpg'));
    await s.preferences.learnFrom([{ from: s.at('Dogs/c.jpg'), to: s.at('Anime/Cats/c.jpg'), ...by }]);
    await rename(s.at('Anime'), s.at('Manga'));
    const { corrections, renames } = await s.preferences.learnFrom([{ from: s.at('Anime'), to: s.at('Manga'), ...by }]);
    assert.deepEqual([corrections.length, renames], [0, [{ from: 'Anime', to: 'Manga' }]]);
    const { categories } = await s.preferences.stats(0);
    assert.deepEqual(categories, [{ category: 'Manga/Cats', corrections: 1, switchedOff: 0 }]);
  });

  it('is corrections where categories are emptied into those that were there, one of which held nothing but another', async () => {
    await using s = await scene(['Anime/a.jpg', 'Anime/b.jpg', 'Manga/One/c.jpg', 'Two/d.jpg', 'in no category.jpg']);
    const moves = await s.moves(
      ['Anime/a.jpg', 'Manga/a.jpg'],
      ['Anime/b.jpg', 'Manga/b.jpg'],
      ['Two/d.jpg', 'Manga/One/d.jpg'],
    );
    for (const folder of ['Anime', 'Two']) await rmdir(s.at(folder));
    const { renames } = await s.preferences.learnFrom(moves);
    assert.deepEqual(renames, []);
    const { categories } = await s.preferences.stats(0);
    assert.deepEqual(
      categories.map(({ category, corrections }) => [category, corrections]),
      [
        ['Manga', 2],
        ['Manga/One', 1],
      ],
    );
  });

  it('is the images that were moved, and no neighbour, though a file of its name lies beside the new place', async () => {
    await using s = await scene(['Anime/Cats/a.jpg', 'Anime/Cats/a.jpg.png', 'Anime/Cats/b.jpg']);
    for (const name of ['a.jpg.png', 'b.jpg']) await writeFile(s.at(`Anime/${name}`), 'mine');
    await s.preferences.learnFrom(await s.moves(['Anime/Cats/a.jpg', 'Anime/a.jpg'], ['Anime/a.jpg', 'Anime/z.jpg']));
    const { latest } = await s.preferences.stats(10);
    assert.deepEqual(
      latest.map(({ name }) => name),
      ['z.jpg'],
    );
  });

  it('is nothing to learn from when it is not there, not ours, or moved there and back', async () => {
    await using s = await scene();
    const [a, b] = [s.at('Dogs/c.jpg'), s.at('Anime/Cats/c.jpg')];
    await writeFile(s.at('Anime/Cats/mine.jpg'), 'mine');
    const { corrections } = await s.preferences.learnFrom([
      { from: s.at('Dogs/mine.jpg'), to: s.at('Anime/Cats/mine.jpg'), ...by },
      { from: s.at('Anime/Cats/b.jpg'), to: s.at('Dogs/gone again.jpg'), ...by },
      { from: a, to: b, ...by },
      { from: b, to: a, ...by },
    ]);
    assert.deepEqual(corrections, []);
  });

  it('waits while a run holds the lock', async () => {
    await using s = await scene();
    const lock = await s.locks.acquire('process');
    await assert.rejects(s.preferences.learnFrom([]), LockHeld);
    await lock.release();
  });

  it('is not learned from an image of which is not known how it looked, and is no trouble', async () => {
    await using s = await scene();
    const store = await s.openStore();
    // as a version before did that kept no features
    store.rememberSorted({ sha256: hashOfNumber(2), path: s.at('Dogs/c.jpg'), source: '/inbox/2.jpg', at: 0 });
    await store.checkpoint(store.position);
    store.close();
    await s.preferences.learnFrom(await s.moves(['Dogs/c.jpg', 'Anime/Cats/c.jpg']));
    assert.equal((await s.preferences.stats(0)).corrections, 0);
    const after = await s.openStore();
    assert.equal(after.sortedFiles(hashOfNumber(2))[0]?.path, s.at('Anime/Cats/c.jpg'));
    after.close();
  });

  it('can be switched off one by one', async () => {
    await using s = await scene();
    const [from, to] = [s.at('Dogs/c.jpg'), s.at('Anime/Cats/c.jpg')];
    await rename(from, to);
    await s.preferences.learnFrom([{ from, to, ...by }]);
    await s.preferences.switchCorrections(new Map([[hashOfNumber(2), false]]));
    const { switchedOff, categories } = await s.preferences.stats(0);
    assert.deepEqual([switchedOff, categories], [1, [{ category: 'Anime/Cats', corrections: 0, switchedOff: 1 }]]);
    assert.deepEqual((await s.preferences.ofCategory('Anime/Cats', 10)).evidence, []);
  });

  it('is told of each category: what speaks for it, from which corrections', async () => {
    await using s = await scene();
    const [from, to] = [s.at('Dogs/c.jpg'), s.at('Anime/Cats/c.jpg')];
    await rename(from, to);
    await s.preferences.learnFrom([{ from, to, ...by }]);
    const { corrections, total, evidence } = await s.preferences.ofCategory('Anime/Cats', 10);
    assert.deepEqual([total, corrections.map(({ name }) => name)], [1, ['c.jpg']]);
    assert.deepEqual(new Set(evidence.map(({ feature }) => feature)), new Set(['tag:cat', 'tag:2']));
    assert.equal((await s.preferences.ofCategory('Dogs', 10)).total, 0);
  });
});

describe('what was learned, between runs', () => {
  /** Three corrections to `Dogs` and `Birds`. */
  async function learned() {
    const s = await scene();
    await s.preferences.learnFrom(
      await s.moves(['Anime/Cats/a 猫.jpg', 'Dogs/a 猫.jpg'], ['Anime/Cats/b.jpg', 'Birds/b.jpg'], ['Dogs/c.jpg', 'Birds/c.jpg']),
    ); // prettier-ignore
    return s;
  }
  const numbers = async ({ preferences }: Awaited<ReturnType<typeof scene>>): Promise<Record<string, number>> => {
    const { categories } = await preferences.stats(0);
    return Object.fromEntries(categories.map(({ category, corrections }) => [category, corrections]));
  };

  it('is a file that takes it to another place, beside what is known there or instead of it', async () => {
    await using here = await learned();
    await using there = await scene(['Cats/x.jpg', 'Cats/y.jpg', 'Cats/z.jpg', 'Anime/w.jpg']);
    const text = await here.preferences.export();
    assert.deepEqual(await numbers(here), { Birds: 2, Dogs: 1 });
    await there.preferences.learnFrom(await there.moves(['Anime/w.jpg', 'Cats/w.jpg']));
    assert.equal(await there.preferences.import(text, 'merge'), 3);
    assert.deepEqual(await numbers(there), { Birds: 2, Cats: 1, Dogs: 1 });
    assert.equal(await there.preferences.import(text, 'replace'), 3);
    assert.equal(await there.preferences.export(), text);
  });

  it('is forgotten, and stays so, when it is reset', async () => {
    await using s = await learned();
    await s.preferences.reset();
    assert.deepEqual(await numbers(s), {});
  });

  it('leaves no database open, and the lock to others, also where a change comes to nothing', async () => {
    await using s = await learned();
    await s.preferences.ofCategory('Dogs', 1);
    s.files.stat = () => Promise.reject(new FatalError('not-writable', 'the disk is gone'));
    await assert.rejects(
      s.preferences.learnFrom([{ from: s.at('Dogs'), to: s.at('Wolves'), at: 1e12, by: 'explorer' }]),
      FatalError,
    );
    assert.equal(s.opened(), 0);
    assert.equal(await s.locks.holder(), undefined);
  });

  it('is changed under a lock that says so: who comes in that moment waits for it', async () => {
    await using s = await learned();
    let held: LockHeld | undefined;
    s.files.stat = async () => ((held = await s.locks.holder()), undefined);
    await s.preferences.learnFrom([{ from: s.at('Dogs'), to: s.at('Wolves'), at: 1e12, by: 'explorer' }]);
    assert.ok(held?.brief);
  });
});
