import assert from 'node:assert/strict';
import { FatalError } from '../../../src/core/model/failure.ts';
import { SortedRoot } from '../../../src/core/pipeline/sortedRoot.ts';

const SORTED = '/media/usb/Pictures/Sorted';

/** A machine with a drive at `/media/usb`, as what is asked of the file system tells. */
class Machine {
  /** the drive's device; undefined while it is not mounted */
  drive: string | undefined = 'sdb1';
  /** folders of the system's disk below the mount point */
  readonly below = new Set<string>();

  readonly device = (path: string): Promise<string | undefined> => {
    if (!path.startsWith('/media/usb')) return Promise.resolve('sda1');
    const isThere = path === '/media/usb' || this.below.has(path);
    return Promise.resolve(this.drive ?? (isThere ? 'sda1' : undefined));
  };

  readonly mountPoint = async (path: string): Promise<string | undefined> => {
    if ((await this.device(path)) === undefined) return undefined;
    return this.drive === undefined ? '/' : '/media/usb';
  };

  sorted(path = SORTED): SortedRoot {
    return new SortedRoot(path, { files: this, walk: { isAway: () => Promise.resolve(false) } });
  }
}

const isGone = (sorted: SortedRoot): Promise<boolean> =>
  sorted.assertThere().then(
    () => false,
    (error: unknown) => error instanceof FatalError,
  );

describe('The sorted folder on a drive', () => {
  it('is gone with it, and back with it, as another device too', async () => {
    const machine = new Machine();
    const sorted = machine.sorted();
    assert.equal(await isGone(sorted), false);
    machine.drive = undefined;
    assert.equal(await isGone(sorted), true);
    machine.drive = 'sdc1';
    assert.equal(await isGone(sorted), false);
  });

  it('is gone also when a folder of that path is on the system’s disk, and when it is the mount point', async () => {
    for (const path of [SORTED, '/media/usb']) {
      const machine = new Machine();
      const sorted = machine.sorted(path);
      await sorted.assertThere();
      machine.drive = undefined;
      machine.below.add(path);
      assert.equal(await isGone(sorted), true, path);
    }
  });

  it('that the run has made itself is missed from then on', async () => {
    const machine = new Machine();
    machine.drive = undefined;
    const sorted = machine.sorted();
    assert.equal(await isGone(sorted), false, 'it was not there yet');
    machine.drive = 'sdb1';
    sorted.wasMade();
    assert.equal(await isGone(sorted), false);
    machine.drive = undefined;
    assert.equal(await isGone(sorted), true);
  });
});

describe('The sorted folder on the system’s disk', () => {
  it('is there as long as anything is', async () => {
    const machine = new Machine();
    const sorted = machine.sorted('/home/me/Sorted');
    machine.drive = undefined;
    assert.equal(await isGone(sorted), false);
  });
});
