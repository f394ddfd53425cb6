import assert from 'node:assert/strict';
import { FolderSyncs } from '../../../src/adapters/files/folderSyncs.ts';

describe('fsyncs of a folder in which much is renamed', () => {
  function flushes() {
    const open: { readonly path: string; readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
    const syncs = new FolderSyncs(
      (path) => new Promise<void>((resolve, reject) => open.push({ path, end: resolve, fail: reject })),
    );
    return { open, syncs };
  }
  const settled = async (promise: Promise<void>): Promise<string> => {
    const nothing = new Promise<string>((resolve) => setImmediate(resolve, 'open'));
    return Promise.race([promise.then(() => 'done', String), nothing]);
  };

  it('share one that begins after they were asked for, and never one that was under way', async () => {
    const { open, syncs } = flushes();
    const first = syncs.sync('/a');
    const later = [syncs.sync('/a'), syncs.sync('/a')];
    assert.equal(open.length, 1);
    open[0]?.end();
    await first;
    assert.deepEqual(await Promise.all(later.map(settled)), ['open', 'open']);
    assert.equal(open.length, 2, 'one for both');
    const latest = syncs.sync('/a');
    open[1]?.end();
    await Promise.all(later);
    assert.equal(await settled(latest), 'open');
    open[2]?.end();
    await latest;
  });

  it('of different folders do not wait for each other', async () => {
    const { open, syncs } = flushes();
    void syncs.sync('/a');
    const other = syncs.sync('/b');
    open[1]?.end();
    await other;
  });

  it('that fail are told to those who asked, and the next ones are tried anew', async () => {
    const { open, syncs } = flushes();
    const first = syncs.sync('/a');
    const second = syncs.sync('/a');
    open[0]?.fail(new Error('EIO'));
    await assert.rejects(first, /EIO/);
    assert.equal(await settled(second), 'open');
    open[1]?.end();
    await second;
    assert.equal(await settled(syncs.sync('/a')), 'open');
  });
});
