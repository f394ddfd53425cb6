import assert from 'node:assert/strict';
import { LockHeld, type RunLocks } from '../../../src/core/ports/journalFile.ts';
import { LibrarySync, type LibrarySyncParts } from '../../../src/core/sync/librarySync.ts';
import type { SyncEvent } from '../../../src/core/sync/syncOrder.ts';
import { SettingsError } from '../../../src/core/settings/resolveSettings.ts';
import { MemoryLibrary, never, ROOT } from './memoryNas.ts';

/** A library with ten pictures on both sides, one of which is gone here, and a new one; and who holds the lock when. */
async function scene(parts: Partial<LibrarySyncParts> = {}) {
  const l = new MemoryLibrary();
  for (let i = 0; i < 10; i++) l.sorted.put(`${i}.png`, `image ${i}`);
  await l.everything();
  await l.restart();
  l.sorted.files.delete('0.png');
  l.sorted.put('new.png', 'image');
  l.nas.asked.length = 0;
  const held: string[] = [];
  const locks: RunLocks = {
    acquire: async (command) => {
      held.push(`${command} after ${l.nas.asked.length}`);
      return { release: async () => void held.push(`released after ${l.nas.asked.at(-1)}`) };
    },
    holder: () => Promise.resolve(undefined),
  };
  const sync = new LibrarySync({ locks, openMirror: () => l.mirror, sorted: ROOT, deletes: false, ...parts });
  const events: SyncEvent[] = [];
  const run = (dryRun = false, signal = never) =>
    sync.run({ dryRun, confirm: () => Promise.resolve(true), on: (event) => events.push(event) }, signal);
  return Object.assign(l, { held, run, heard: events });
}

describe('A sync of the whole library', () => {
  it('brings what is missing, and removes nothing unless that is set', async () => {
    const s = await scene();
    const { copied, unchanged, deleted } = await s.run();
    assert.deepEqual([copied, unchanged, deleted], [1, 9, 0]);
    const removing = await scene({ deletes: true });
    assert.equal((await removing.run()).deleted, 1);
  });

  it('holds the lock from before the first look until all is closed', async () => {
    const s = await scene();
    await s.run();
    assert.deepEqual(s.held, ['sync after 0', 'released after close announcer']);
    const s2 = await scene();
    s2.nas.onBring = () => Promise.reject(new Error('a mistake of ours'));
    await assert.rejects(s2.run(), /a mistake of ours/);
    assert.equal(s2.held.length, 2, 'also when it goes wrong');
    const s3 = await scene();
    s3.records.close = () => Promise.reject(new Error('a disk error'));
    await assert.rejects(s3.run(), /a disk error/);
    assert.equal(s3.held.length, 2, 'at its very end, too');
  });

  it('tells the photo server afterwards, and what came of that; not so in a dry run', async () => {
    const s = await scene();
    await s.run();
    assert.deepEqual(s.announced.length, 1);
    assert.equal(s.heard.at(-1)?.kind, 'announced');
    const dry = await scene();
    await dry.run(true);
    assert.deepEqual([dry.announced, dry.heard.some(({ kind }) => kind === 'announced')], [[], false]);
    assert.deepEqual(dry.nas.askedFor('bring'), []);
  });

  it('says which setting is missing where there is no NAS, and takes no lock', async () => {
    const s = await scene({ openMirror: () => undefined });
    await assert.rejects(
      s.run(),
      (error) => error instanceof SettingsError && error.message.includes('imageInbox.directories.nas'),
    );
    assert.deepEqual(s.held, []);
  });

  it('does nothing while another run is going on', async () => {
    const holder = new LockHeld(1, 'another run is going on');
    const s = await scene({ locks: { acquire: () => Promise.reject(holder), holder: () => Promise.resolve(holder) } });
    await assert.rejects(s.run(), (error) => error === holder);
    assert.deepEqual(s.nas.asked, ['close', 'close announcer'], 'but to end what is behind it');
  });
});
