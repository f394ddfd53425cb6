import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { library, type Library } from './library.ts';
import { NAS_KINDS, type NasKind } from './nasKinds.ts';
import type { SyncRun } from './runSync.ts';

const RUN = join(import.meta.dirname, 'runSync.ts');
const LOCKED = `Ours/夏 "x"`;

/** A sync by a user who may do little: permissions mean nothing to root, who runs the tests in CI. */
async function syncAsNobody(kind: NasKind, l: Library): Promise<SyncRun> {
  const call = [RUN, kind.name, l.sorted, l.nas, join(l.sorted, '..', 'run.ndjson'), 'nobody'];
  // what rclone keeps of its own
  const env = { ...process.env, HOME: join(l.sorted, '..') };
  const { stdout } = await promisify(execFile)(process.execPath, call, { env });
  return JSON.parse(stdout) as SyncRun;
}

// the stand-in for robocopy is a script in this checkout, which another user may not be allowed to read; the servers of rclone
// say that such a folder is empty
for (const kind of NAS_KINDS.filter(({ name }) => !name.includes('stand-in') && !name.includes('over'))) {
  describe(`A folder of the NAS that may not be looked into, with ${kind.name},`, () => {
    it('keeps what is in it, tells of what belongs there by name, and holds up nothing else', async () => {
      await using l = await library(kind);
      await Promise.all([chmod(l.nas, 0o777), chmod(join(l.sorted, '..'), 0o777)]);
      for (const place of [`${LOCKED}/1.png`, 'Others/2.png']) await l.put(place, 'image');
      assert.deepEqual((await syncAsNobody(kind, l)).fates, ['Others/2.png copied', `${LOCKED}/1.png copied`]);
      const places = ['3', '4', '5', '6'].map((name) => `${LOCKED}/${name}.png`);
      for (const place of [...places, 'Others/7.png', 'New/8.png']) await l.put(place, 'image');
      await l.put(`${LOCKED}/1.png`, 'retouched here');
      await writeFile(join(l.nas, places[0] ?? ''), 'somebody else’s');
      await chmod(join(l.nas, LOCKED), 0o000);
      const run = await syncAsNobody(kind, l).finally(() => chmod(join(l.nas, LOCKED), 0o777));
      assert.equal(run.summary.unreachable, undefined);
      assert.deepEqual(
        run.fates,
        [
          'New/8.png copied',
          'Others/2.png unchanged',
          'Others/7.png copied',
          ...[`${LOCKED}/1.png`, ...places].map((place) => `${place} conflict`),
        ].sort(),
      );
      assert.ok(
        run.whys.length === 5 && run.whys.every((why) => /can’t be looked at.*(permission|EACCES)/i.test(why)),
        run.whys.join('\n'),
      );
      assert.deepEqual(await l.onNas(), {
        'New/8.png': 'image',
        'Others/2.png': 'image',
        'Others/7.png': 'image',
        [`${LOCKED}/1.png`]: 'image',
        [`${LOCKED}/3.png`]: 'somebody else’s',
      });
      assert.equal((await syncAsNobody(kind, l)).summary.updated, 1, 'when it may be looked into again');
    });
  });
}
