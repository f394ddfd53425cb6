import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { RcloneCarrier } from '../../../src/adapters/sync/rcloneCarrier.ts';
import { mountNamespace } from '../support/underOtherConditions.ts';
import { carrierFolders } from './carrierFolders.ts';

const hooks = { signal: new AbortController().signal };
const small = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `image ${i}`);

/** What this process has open below a folder. */
async function openIn(folder: string): Promise<readonly string[]> {
  const paths = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  return (await Promise.all(paths)).filter((path) => path.startsWith(folder));
}

/** Names of the programs that this process has started and that are still there. */
async function children(): Promise<readonly string[]> {
  const pids = (await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')).trim().split(' ').filter(Boolean);
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').then((name) => name.trim())));
}

describe('RcloneCarrier', () => {
  it('ends what it has under way for somebody who wants no more', async () => {
    // more than go in one call: the next is copied while the first is told of
    await using f = await carrierFolders(small(501));
    const carrier = new RcloneCarrier({ options: [] }, f.root);
    let told = 0;
    for await (const { error } of carrier.carry(f.cargo, f.staging, hooks)) {
      assert.equal(error, undefined);
      told++;
      break;
    }
    assert.equal(told, 1);
    if (process.platform === 'linux') {
      // nothing writes any more by the number of a folder that was open, which may be another's now
      assert.equal((await children()).includes('rclone'), false);
      assert.deepEqual(await openIn(f.nas), []);
    }
    await carrier.close();
  });

  it('has ended rclone before it lets go of the folder when it is told to stop', async () => {
    await using f = await carrierFolders([Buffer.alloc(3_000_000, 'slow ')]);
    const carrier = new RcloneCarrier({ options: ['--bwlimit', '1M'] }, f.root);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 500);
    await assert.rejects(
      async () => {
        for await (const _ of carrier.carry(f.cargo, f.staging, { signal: stop.signal }));
      },
      { name: 'AbortError' },
    );
    if (process.platform === 'linux') assert.equal((await children()).includes('rclone'), false);
    await carrier.close();
  });

  it('finds the folder again that was removed and made anew in between', async () => {
    await using f = await carrierFolders(small(2));
    const carrier = new RcloneCarrier({ options: [] }, f.root);
    const [first, second] = f.cargo;
    for await (const { error } of carrier.carry([first!], f.staging, hooks)) assert.equal(error, undefined);
    await rm(f.nas, { recursive: true });
    await mkdir(f.staging, { recursive: true });
    for await (const { error } of carrier.carry([second!], f.staging, hooks)) assert.equal(error, undefined);
    await carrier.close();
    assert.deepEqual(await readdir(f.staging), ['1.png']);
  });

  it('copies with a program that may not see what we have open', async () => {
    await using f = await carrierFolders(small(5));
    assert.ok(mountNamespace, 'this test mounts a file system: as root, or in a user namespace');
    const hidden = 'mount -t tmpfs none /proc && exec rclone "$@"';
    const carrier = new RcloneCarrier(
      { program: ['unshare', ...mountNamespace, 'sh', '-c', hidden, 'rclone'], options: [] },
      f.root,
    );
    for await (const { error } of carrier.carry(f.cargo, f.staging, hooks)) assert.equal(error, undefined);
    await carrier.close();
    assert.equal((await readdir(f.staging)).length, 5);
  });
});
