import assert from 'node:assert/strict';
import { cp, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeSortedTree } from '../../../src/adapters/files/nodeSortedTree.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import { catchUp } from '../../../src/core/learning/catchUp.ts';
import { findMoved } from '../../../src/core/learning/findMoved.ts';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { HandClock } from './handClock.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const never = new AbortController().signal;
/** when the sorted files were last changed, in seconds */
const CHANGED = 1_700_000_000;

/** Files that a run has sorted, as the database knows them: each path with its content. */
async function scene(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  const sorted = join(folder.path, 'Sorted');
  const at = (place: string): string => join(sorted, place);
  const log = new CollectedLog();
  const store = await SqljsStore.open({ file: join(folder.path, 'image-inbox.db'), wasm, log });
  const put = async (place: string, content: string, changed = CHANGED): Promise<void> => {
    await mkdir(dirname(at(place)), { recursive: true });
    await writeFile(at(place), content);
    await utimes(at(place), changed, changed);
  };
  for (const [place, content] of Object.entries(files)) {
    await put(place, content);
    const file = { sha256: sha256Of(content), path: at(place), source: `/in/${place}`, at: CHANGED * 1000 };
    store.rememberSorted(file, ['tag:cat']);
  }
  const hashed: string[] = [];
  class Watched extends NodeFiles {
    override hash(...[path, signal]: Parameters<NodeFiles['hash']>): ReturnType<NodeFiles['hash']> {
      hashed.push(path.slice(sorted.length + 1));
      return super.hash(path, signal);
    }
  }
  const parts = {
    store,
    files: new Watched(),
    tree: new NodeSortedTree(sorted),
    clock: new HandClock(1.8e12),
    sorted,
    learns: true,
    log,
  };
  return {
    at,
    put,
    hashed,
    log,
    store,
    parts,
    found: async () =>
      (await findMoved(parts, never)).map(({ from, to }) => [from, to].map((path) => path.slice(sorted.length + 1))),
    async move(from: string, to: string): Promise<void> {
      await mkdir(dirname(at(to)), { recursive: true });
      await rename(at(from), at(to));
    },
    async [Symbol.asyncDispose]() {
      store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('what the user has moved behind our back', () => {
  it('is found again by its bytes, whatever its name', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one', 'Cats/b.jpg': 'two', 'Dogs/c.jpg': 'three' });
    await s.move('Cats/a.jpg', 'Dogs/another 猫.jpg');
    await s.put('Dogs/new.jpg', 'mine');
    const [movement, ...others] = await findMoved(s.parts, never);
    assert.deepEqual(movement, {
      image: sha256Of('one'),
      from: s.at('Cats/a.jpg'),
      to: s.at('Dogs/another 猫.jpg'),
      at: 1.8e12,
      by: 'found-again',
    });
    assert.deepEqual(others, []);
  });

  it('is told apart among files of one time, and with their times two seconds off', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one', 'Cats/b.jpg': 'two' });
    await rm(s.at('Cats/a.jpg'));
    await rm(s.at('Cats/b.jpg'));
    await s.put('Dogs/x.jpg', 'two', CHANGED + 2);
    await s.put('Dogs/y.jpg', 'one', CHANGED - 2);
    await s.put('Dogs/z.jpg', 'three');
    assert.deepEqual((await s.found()).sort(), [
      ['Cats/a.jpg', 'Dogs/y.jpg'],
      ['Cats/b.jpg', 'Dogs/x.jpg'],
    ]);
  });

  it('is not looked for in files of another time, nor where nothing is gone: no file is read then', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one' });
    await s.put('Dogs/copy.jpg', 'one');
    assert.deepEqual(await s.found(), []);
    await rm(s.at('Cats/a.jpg'));
    await rm(s.at('Dogs/copy.jpg'));
    await s.put('Dogs/early.jpg', 'one', CHANGED - 3);
    await s.put('Dogs/late.jpg', 'one', CHANGED + 3);
    assert.deepEqual(await s.found(), []);
    assert.deepEqual(s.hashed, []);
  });

  it('is not a sorted file that is there, though its name is no image’s', async () => {
    await using s = await scene({ 'Cats/a.dat': 'one' });
    await cp(s.at('Cats/a.dat'), s.at('Cats/a.jpg'), { preserveTimestamps: true });
    assert.deepEqual(await s.found(), []);
  });

  it('is passed over where it can’t be read, and the others are found', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one', 'Cats/b.jpg': 'two' });
    await s.move('Cats/a.jpg', 'Dogs/a.jpg');
    await s.move('Cats/b.jpg', 'Dogs/b.jpg');
    const hash = s.parts.files.hash.bind(s.parts.files);
    s.parts.files.hash = (path, signal) =>
      path.endsWith('a.jpg') ? Promise.reject(new ImageError('unreadable', 'locked')) : hash(path, signal);
    assert.deepEqual(await s.found(), [['Cats/b.jpg', 'Dogs/b.jpg']]);
    s.parts.files.hash = () => Promise.reject(new FatalError('not-writable', 'broken'));
    await assert.rejects(s.found(), FatalError);
  });

  it('is no copy of an image that is there still, whatever else is gone, nor anything where nothing was sorted', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one', 'Cats/b.jpg': 'two' });
    await rm(s.at('Cats/b.jpg'));
    await cp(s.at('Cats/a.jpg'), s.at('Dogs/copy.jpg'), { preserveTimestamps: true });
    assert.deepEqual(await s.found(), []);
    await using other = await scene({});
    await other.put('Cats/mine.jpg', 'mine');
    assert.deepEqual(await other.found(), []);
  });

  it('is not what is gone again when it is looked at', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one', 'Cats/b.jpg': 'two' });
    await s.move('Cats/a.jpg', 'Dogs/a.jpg');
    await s.move('Cats/b.jpg', 'Dogs/b.jpg');
    const stat = s.parts.files.stat.bind(s.parts.files);
    s.parts.files.stat = async (path) => {
      if (path === s.at('Dogs/a.jpg')) await rm(path);
      return stat(path);
    };
    assert.deepEqual(await s.found(), [['Cats/b.jpg', 'Dogs/b.jpg']]);
  });

  it('is looked for no further when the run is stopped, in neither of the two looks', async () => {
    const images = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`Cats/${n}.jpg`, String(n)]));
    for (const place of ['Cats', 'Dogs']) {
      await using s = await scene(images);
      for (const path of Object.keys(images)) await s.move(path, path.replace('Cats', 'Dogs'));
      const stop = new AbortController();
      const stat = s.parts.files.stat.bind(s.parts.files);
      let looks = 0;
      s.parts.files.stat = (path) => {
        if (path.startsWith(s.at(place))) {
          looks++;
          stop.abort();
        }
        return stat(path);
      };
      await assert.rejects(findMoved(s.parts, stop.signal), { name: 'AbortError' });
      assert.ok(looks < 60, `${looks} of 60 in ${place}`);
    }
  });
});

describe('the catching up before a run', () => {
  it('learns from it, notes where the image is now, and keeps that', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one', 'Cats/b.jpg': 'two' });
    await s.move('Cats/a.jpg', 'Dogs/a.jpg');
    let kept = 0;
    const checkpoint = s.store.checkpoint.bind(s.store);
    s.store.checkpoint = (position) => (kept++, checkpoint(position));
    await catchUp(s.parts, never);
    assert.deepEqual([...s.store.sortedPaths()].sort(), [s.at('Cats/b.jpg'), s.at('Dogs/a.jpg')]);
    const correction = s.store.preferences.correction(sha256Of('one'));
    assert.deepEqual([correction?.from, correction?.to, correction?.name], ['Cats', 'Dogs', 'a.jpg']);
    assert.equal(kept, 1);
    assert.deepEqual(s.log.lines, ['1 sorted images are in another place: 1 corrections, 0 renamed categories.']);
    await catchUp(s.parts, never);
    assert.deepEqual([kept, s.log.lines.length], [1, 1], 'the second time there is nothing to learn');
  });

  it('notes where the images are now and learns nothing where that is not wanted', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one', 'Cats/b.jpg': 'two' });
    await s.move('Cats/a.jpg', 'Dogs/a.jpg');
    await catchUp({ ...s.parts, learns: false }, never);
    assert.deepEqual([...s.store.sortedPaths()].sort(), [s.at('Cats/b.jpg'), s.at('Dogs/a.jpg')]);
    assert.deepEqual([...s.store.preferences.corrections()], []);
  });

  it('takes a folder that was renamed for that, and no image for corrected', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one', 'Cats/b.jpg': 'two', 'Dogs/c.jpg': 'three' });
    await rename(s.at('Cats'), s.at('Felines'));
    await catchUp(s.parts, never);
    assert.deepEqual([...s.store.preferences.corrections()], []);
    assert.match(s.log.lines[0] ?? '', /^2 sorted images .* 0 corrections, 1 renamed categories/);
  });

  it('is put off, and says so, where the sorted folder can’t be read', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one' });
    s.parts.tree.images = () => {
      throw new ImageError('folder-unreadable', 'Sorted can’t be read.');
    };
    await catchUp(s.parts, never);
    assert.match(s.log.lines.join(), /can't be told: Sorted can’t be read\./);
  });

  it('ends quietly with a run that is stopped, and with an error where nothing can go on', async () => {
    await using s = await scene({ 'Cats/a.jpg': 'one' });
    await s.move('Cats/a.jpg', 'Dogs/a.jpg');
    await catchUp(s.parts, AbortSignal.abort());
    assert.deepEqual([...s.store.sortedPaths()], [s.at('Cats/a.jpg')]);
    s.parts.files.hash = () => Promise.reject(new FatalError('database-broken', 'broken'));
    await assert.rejects(catchUp(s.parts, never), FatalError);
    assert.deepEqual(s.log.lines, []);
  });
});
