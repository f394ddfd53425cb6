/** An inbox on a file system that folds case, by paths that differ by nothing else. As root: `npm run test:exfat`. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exfatDisk } from '../adapters/support/exfatDisk.ts';
import { sampleInbox } from '../services/samplePosts.ts';
import { CLI, contents, filesBelow, Workspace } from './commandLine.ts';

describe('the same inbox by a path of another case', function () {
  this.timeout(300_000);

  it('has each image sorted once, whether it waited for a person under the one path or the other', async () => {
    await using workspace = await Workspace.create({ samples: false });
    await using disk = await exfatDisk(64 * 1024 * 1024);
    const drive = join(workspace.dir, 'Drive');
    mkdirSync(drive);
    const copied = await disk.run(drive, ['cp', '-r', sampleInbox, join(drive, 'Inbox')]);
    assert.equal(copied.code, 0, copied.stderr);
    const process_ = (folder: string, approve: string) =>
      disk.run(
        drive,
        [process.execPath, CLI, 'process', join(drive, folder), '--workspace', workspace.dir, '--approve', approve, '--skip', 'analyze'],
      ); // prettier-ignore
    for (const [folder, approve] of [
      ['Inbox', 'none'],
      ['INBOX', 'none'],
      ['inbox', 'all'],
    ] as const) {
      const { code, stderr } = await process_(folder, approve);
      assert.ok(code === 0 || code === 1, `${folder}: ${code} ${stderr}`); // of the samples, one is no picture
    }
    const images = filesBelow(workspace.sorted).filter((file) => !/\.xmp$|^(manifest|errors)_/.test(file));
    for (const image of images) assert.ok(existsSync(join(workspace.sorted, `${image}.xmp`)), image);
    const sorted = contents(workspace.sorted);
    for (const times of sorted.values()) assert.equal(times, 1, 'sorted twice');
    const left = await disk.run(drive, ['find', join(drive, 'Inbox'), '-type', 'f']);
    const names = left.stdout.trim().split('\n').map((path) => path.slice(path.lastIndexOf('/') + 1)); // prettier-ignore
    const originals = contents(sampleInbox);
    // the duplicate stays, and so does one that is no picture, if it was not sorted as it is
    const total = [...originals.values()].reduce((sum, n) => sum + n, 0);
    assert.equal(sorted.size + names.length, total, names.join());
    for (const hash of sorted.keys()) assert.ok(originals.has(hash), 'other bytes than an original');
    assert.ok(sorted.size >= originals.size - 1, `${sorted.size} of ${originals.size}`);
  });
});
