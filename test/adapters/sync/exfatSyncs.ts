/**
 * Syncs to an exFAT file system, as USB disks on a router or a small NAS have: it folds case, knows no `:` in names, keeps times
 * in steps, and has no owners. As root, with exfat-fuse, exfatprogs and a loop device: `npm run test:exfat`.
 */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exfatDisk, type ExfatDisk } from '../support/exfatDisk.ts';
import { library, TIME, type Library } from './library.ts';
import { NAS_KINDS, type NasKind } from './nasKinds.ts';
import type { SyncRun } from './runSync.ts';

const RUN = join(import.meta.dirname, 'runSync.ts');

/** A sync of everything in a process that has the disk mounted at the NAS folder. */
async function sync(disk: ExfatDisk, kind: NasKind, l: Library): Promise<SyncRun> {
  const command = [process.execPath, RUN, kind.name, l.sorted, l.nas, join(l.sorted, '..', 'run.ndjson')];
  const { code, stdout, stderr } = await disk.run(l.nas, command);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as SyncRun;
}

describe('A NAS with exFAT', () => {
  for (const kind of NAS_KINDS.filter(({ name }) => name.endsWith('to a folder') && !name.includes('stand-in'))) {
    it(`gets all but what it has no name for, each told by itself, and again the next time: ${kind.name}`, async () => {
      await using l = await library(kind);
      await using disk = await exfatDisk(64 * 1024 * 1024);
      for (const name of ['a.png', 'b 絵.png', 'Cats/c.png', 'cats/d.png', 'Cats/e:1.png', 'what?/f.png'])
        await l.putImage(name, `image ${name}`);
      await l.put('Cats/C.png', 'another image', TIME);
      const first = await sync(disk, kind, l);
      const unfit = first.whys.filter((why) => why.includes('this NAS takes no name'));
      assert.ok(
        unfit.some((why) => why.includes('no name with :')),
        first.whys.join('\n'),
      );
      assert.ok(
        unfit.some((why) => why.includes('no name with ?')),
        first.whys.join('\n'),
      );
      assert.ok(unfit.every((why) => why.includes('Rename it')));
      assert.deepEqual([first.summary.failed, first.summary.conflict], [4, 2], JSON.stringify(first));
      assert.ok(
        first.whys.some((why) => why.includes('differs only by case')),
        first.whys.join('\n'),
      );
      assert.ok(
        ['a.png', 'a.png.xmp', 'b 絵.png', 'Cats'].every((name) => first.left.includes(name)),
        first.left.join(),
      );
      const again = await sync(disk, kind, l);
      const { copied, updated, failed, conflict } = again.summary;
      assert.deepEqual([copied, updated, failed, conflict], [0, 0, 4, 2], JSON.stringify(again));
      for (const name of ['Cats/e:1.png', 'what?/f.png'])
        for (const suffix of ['', '.xmp'])
          await rename(
            join(l.sorted, name + suffix),
            join(l.sorted, `renamed ${basename(name)}`.replace(':', '_') + suffix),
          );
      const renamed = await sync(disk, kind, l);
      assert.deepEqual([renamed.summary.copied, renamed.summary.failed], [4, 0], JSON.stringify(renamed));
    });
  }

  // it tells names apart that its disk does not, and says of a name that the disk does not take only that it did not work
  for (const kind of NAS_KINDS.filter(({ name }) => name.startsWith('rclone, over'))) {
    it(`says of all that is not there under its name why, behind a server: ${kind.name}`, async () => {
      await using l = await library(kind);
      await using disk = await exfatDisk(64 * 1024 * 1024);
      const names = ['a.png', 'Cats/c.png', 'Cats/C.png', 'cats/d.png', 'Cats/e:1.png', 'what?/f.png'];
      for (const name of names) await l.put(name, `image ${name}`, TIME);
      for (let n = 0; n < 2; n++) {
        const { whys, left } = await sync(disk, kind, l);
        const isTold = (name: string): boolean => whys.some((why) => why.includes(`/${name} `));
        assert.deepEqual(
          names.filter((name) => !left.includes(name) && !isTold(name)),
          [],
          whys.join('\n'),
        );
        assert.ok(left.includes('a.png'));
      }
    });
  }
});
