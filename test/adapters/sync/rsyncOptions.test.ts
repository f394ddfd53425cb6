import assert from 'node:assert/strict';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RsyncEngine } from '../../../src/adapters/sync/rsyncEngine.ts';
import { RsyncProgram } from '../../../src/adapters/sync/rsyncProgram.ts';
import { library } from './library.ts';
import { STAGING, type NasKind } from './nasKinds.ts';

const rsyncWith = (options: readonly string[]): NasKind => ({
  name: `rsync ${options.join(' ')}, to an address`,
  open: ({ nas, sorted, verify }) => {
    const rsync = new RsyncProgram({ options });
    const engine = new RsyncEngine({ rsync, address: nas, root: sorted, staging: STAGING, verify });
    return Promise.resolve({ engine, close: () => engine.close() });
  },
});

describe('What the user tells rsync besides', () => {
  // some are refused among the settings; an alias of the user's (~/.popt) may still hold them
  for (const options of [['-a'], ['--perms'], ['--delete'], ['-a', '--delete'], ['-r', '--delete-excluded']]) {
    const text = options.join(' ');
    it(`has nothing removed from a remote, and leaves the permissions of its folder: ${text}`, async () => {
      await using l = await library(rsyncWith(options));
      await mkdir(join(l.nas, 'Mine'));
      for (const place of ['Mine/old.jpg', 'root.jpg']) await writeFile(join(l.nas, place), 'theirs');
      await chmod(l.nas, 0o751);
      await l.put('A/夏 a.png', 'image');
      await l.put('b.png', 'image');
      const summary = await l.everything();
      assert.deepEqual([summary.copied, summary.failed], [2, 0], JSON.stringify(summary.events));
      const here = { 'A/夏 a.png': 'image', 'b.png': 'image' };
      assert.deepEqual(await l.onNas(), { ...here, 'Mine/old.jpg': 'theirs', 'root.jpg': 'theirs' });
      assert.equal((await stat(l.nas)).mode & 0o777, 0o751);
      await l.restart();
      assert.equal((await l.everything()).unchanged, 2);
      assert.equal(Object.keys(await l.onNas()).length, 4);
    });
  }
});
