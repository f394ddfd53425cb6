import assert from 'node:assert/strict';
import { appendFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NdjsonServerChanges } from '../../../src/adapters/sync/ndjsonServerChanges.ts';
import { NdjsonSyncRecords } from '../../../src/adapters/sync/ndjsonSyncRecords.ts';
import { Announcer } from '../../../src/core/photoServer/announcer.ts';
import type { PhotoServer } from '../../../src/core/ports/photoServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { library, TIME } from './library.ts';

const LATER = new Date(TIME.getTime() + 60_000);

const announcerOf = (changes: NdjsonServerChanges): Announcer =>
  new Announcer({
    server: { close: () => Promise.resolve() } as PhotoServer,
    changes,
    library: '',
    nas: '',
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    tagsHere: () => Promise.resolve(undefined),
    isHere: () => Promise.resolve(true),
  });

describe('The changes on the NAS that a photo server has to hear of', () => {
  it('are all that a sync brought or removed, an image with its sidecar as one', async () => {
    await using memory = await temporaryFolder();
    const path = join(memory.path, 'below', 'changes.ndjson');
    const changes = new NdjsonServerChanges(path);
    await using l = await library(undefined, 'size', undefined, { changes, announcer: announcerOf(changes) });
    const told = async () => Object.fromEntries((await changes.all()).map(({ place, kind }) => [place, kind]));
    assert.deepEqual(await told(), {});
    await l.putImage('a.png', 'image');
    await l.put('b.png', 'image');
    for (let i = 0; i < 10; i++) await l.put(`more/${i}.png`, `${i}`);
    await l.everything();
    assert.deepEqual((await told())['a.png'], 'image');
    assert.equal(Object.keys(await told()).length, 12);
    await changes.clear();
    await assert.rejects(stat(path), { code: 'ENOENT' });

    await l.put('a.png.xmp', '<changed>', LATER);
    await l.put('b.png.xmp', '<new>');
    await l.put('more/3.png', 'another', LATER);
    await rm(join(l.sorted, 'more/4.png'));
    await l.everything({ delete: true });
    assert.deepEqual(await told(), {
      'a.png': 'sidecar-changed', 'b.png': 'sidecar-new', 'more/3.png': 'image', 'more/4.png': 'image',
    }); // prettier-ignore
    await changes.clear();
    await l.everything();
    assert.deepEqual(await told(), {}, 'nothing was changed');
  });

  it('include what a run had brought when it was killed', async () => {
    await using memory = await temporaryFolder();
    const changes = new NdjsonServerChanges(join(memory.path, 'changes.ndjson'));
    await using l = await library(undefined, 'size', undefined, { changes, announcer: announcerOf(changes) });
    const path = await l.put('a.png', 'image');
    await l.everything();
    await changes.clear();
    const { size, mtimeMs } = await stat(path);
    await l.restart();
    const records = await NdjsonSyncRecords.open(join(l.sorted, '..', 'sync.ndjson'));
    await records.write([{ place: 'a.png', state: 'intended', ours: true, here: { size, mtimeMs } }]);
    await records.close();
    await l.restart();
    assert.equal((await l.everything()).unchanged, 1);
    assert.deepEqual(await changes.all(), [{ place: 'a.png', kind: 'image' }]);
  });

  it('outlive a line that was torn', async () => {
    await using memory = await temporaryFolder();
    const path = join(memory.path, 'changes.ndjson');
    await new NdjsonServerChanges(path).add([{ place: 'a.png', kind: 'sidecar-new' }]);
    await appendFile(path, '{"place":"b.p');
    const changes = new NdjsonServerChanges(path);
    await changes.add([{ place: 'a.png', kind: 'image' }]);
    await changes.add([{ place: 'b.png', kind: 'image' }]);
    assert.deepEqual(await changes.all(), [
      { place: 'a.png', kind: 'sidecar-new' },
      { place: 'b.png', kind: 'image' },
    ]);
  });
});
