import assert from 'node:assert/strict';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RsyncEngine } from '../../../src/adapters/sync/rsyncEngine.ts';
import { RsyncProgram } from '../../../src/adapters/sync/rsyncProgram.ts';
import { library, never, type Library } from './library.ts';
import { STAGING, type NasKind } from './nasKinds.ts';

const PLACE = `Anime/夏 "x"/it's 🌄.png`;

/** Slow only at first: what follows is the next run. */
function slowRsync(): NasKind {
  // and with the letters that people are used to
  const speeds = ['--bwlimit=5000', '-avP'];
  return {
    name: 'rsync, to an address',
    open: ({ nas, sorted, verify }) => {
      const rsync = new RsyncProgram({ options: speeds.splice(0) });
      const engine = new RsyncEngine({ rsync, address: nas, root: sorted, staging: STAGING, verify });
      return Promise.resolve({ engine, close: () => engine.close() });
    },
  };
}

/** Ends a copy in the middle of its bytes. */
async function cutOff(l: Library): Promise<void> {
  const source = await l.put(PLACE, Buffer.alloc(30_000_000, 'large '));
  const { size, mtimeMs } = await stat(source);
  const stop = new AbortController();
  let bytes = 0;
  const onBytes = (more: number): void => {
    bytes += more;
    if (bytes > 0) stop.abort();
  };
  const cargo = { place: PLACE, source, size, mtimeMs, replaces: undefined, resume: false };
  await assert.rejects(l.engine.bring([cargo], { signal: stop.signal, onBytes }), { name: 'AbortError' });
  assert.ok(bytes < size);
}

describe('A large copy to a remote of rsync that is cut off', () => {
  it('leaves nothing when it is cleared up', async () => {
    await using l = await library(slowRsync());
    await cutOff(l);
    await l.restart();
    await l.engine.clean(never);
    assert.deepEqual(Object.keys(await l.onNas()), []);
    const left = await readdir(l.nas, { recursive: true });
    assert.ok(!left.some((name) => name.includes(STAGING)), left.join());
  });

  it('leaves nothing after the next sync, also when its picture is no longer here', async () => {
    await using l = await library(slowRsync());
    await cutOff(l);
    await l.restart();
    await rm(join(l.sorted, PLACE));
    await l.put('other.png', 'image');
    assert.equal((await l.everything()).copied, 1);
    assert.deepEqual(Object.keys(await l.onNas()), ['other.png']);
    const left = await readdir(l.nas, { recursive: true });
    assert.ok(!left.some((name) => name.includes(STAGING)), left.join());
  });

  it('is made whole by the next sync', async () => {
    await using l = await library(slowRsync());
    await cutOff(l);
    await l.restart();
    assert.equal((await l.everything()).copied, 1);
    assert.equal((await stat(join(l.nas, PLACE))).size, 30_000_000);
    assert.deepEqual(await readdir(l.nas), ['Anime']);
  });
});
