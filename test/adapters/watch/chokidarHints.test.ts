import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChokidarHints } from '../../../src/adapters/watch/chokidarHints.ts';
import { silentLog } from '../exiftool/silentLog.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('ChokidarHints', () => {
  for (const [what, name] of [
    ['a folder', 'inbox'],
    ['a link to one', 'link'],
  ] as const) {
    it(`hears of a file that comes into ${what}`, async () => {
      await using folder = await temporaryFolder();
      await mkdir(join(folder.path, 'inbox/Sorted'), { recursive: true });
      await symlink(join(folder.path, 'inbox'), join(folder.path, 'link'), 'junction');
      const inbox = join(folder.path, name);
      const hints = new ChokidarHints([join(inbox, 'Sorted')], silentLog);
      try {
        await hints.listen(inbox);
        await writeFile(join(folder.path, 'inbox/a.png'), 'image');
        // far longer than a test may take
        await hints.next(3_600_000, new AbortController().signal);
      } finally {
        await hints.stop();
      }
    });
  }
});
