/**
 * A power cut right after a run, on file systems that write at their leisure what they were not told to flush: what the disk has at
 * that moment is copied and mounted. As root, with what makes the file systems: `npm run test:power`.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../adapters/support/temporaryFolder.ts';
import { CLI, contents, filesBelow, sha256 } from '../cli/commandLine.ts';
import { sampleInbox } from '../services/samplePosts.ts';

const IMAGES = 40;
const DISK_BYTES = 400 * 1024 * 1024;
const FILE_SYSTEMS = ['btrfs', 'ext4', 'xfs'] as const;

/** Mounts a disk where no other process sees it, for as long as a shell command takes. */
function onDisk(disk: string, at: string, command: string, ...parameters: readonly string[]): void {
  const script = `mount -o loop "$1" "$0" && { ${command}; }; code=$?; umount "$0"; exit $code`;
  execFileSync('unshare', ['--mount', 'sh', '-c', script, at, disk, ...parameters], { stdio: ['ignore', 'ignore', 'pipe'] }); // prettier-ignore
}

describe('a power cut right after a run', function () {
  this.timeout(600_000);

  for (const type of FILE_SYSTEMS) {
    it(`loses no image and no sidecar on ${type}`, async () => {
      await using folder = await temporaryFolder();
      const path = (name: string): string => join(folder.path, name);
      const [disk, cut, at] = [path('disk'), path('cut'), path('mounted')];
      for (const name of ['mounted', 'originals', 'left', 'later']) mkdirSync(path(name));
      const [sample] = filesBelow(sampleInbox).filter((name) => name.endsWith('.png'));
      for (let i = 0; i < IMAGES; i++) {
        const bytes = Buffer.concat([readFileSync(join(sampleInbox, sample ?? '')), Buffer.from(`${i}`)]);
        writeFileSync(path(`originals/${i}.png`), bytes);
      }
      writeFileSync(disk, '');
      truncateSync(disk, DISK_BYTES);
      execFileSync(`mkfs.${type}`, ['-q', disk]);
      const fill = 'mkdir "$0/Inbox" && cp "$2"/* "$0/Inbox" && touch -d "2 days ago" "$0"/Inbox/* && sync';
      onDisk(disk, at, fill, path('originals'));

      const run = [process.execPath, CLI, 'process', '--workspace', at, '--offline', '--skip', 'search,analyze,sync', '--approve', 'all']; // prettier-ignore
      onDisk(disk, at, 'copy=$2; disk=$1; shift 2; "$@" && cp --sparse=always "$disk" "$copy"', cut, ...run);
      onDisk(cut, at, 'left=$2; later=$3; shift 3; cp -r "$0"/. "$left"; "$@"; cp -r "$0"/. "$later"', path('left'), path('later'), ...run); // prettier-ignore

      const originals = contents(path('originals'));
      for (const when of ['left', 'later']) {
        const there = contents(join(path(when), 'Inbox'), join(path(when), 'Sorted'));
        for (const hash of originals.keys()) assert.ok(there.has(hash), `${when}: an original is nowhere`);
        for (const hash of there.keys()) assert.ok(originals.has(hash), `${when}: a file that is no original`);
      }
      const sorted = join(path('later'), 'Sorted');
      const images = filesBelow(sorted).filter((name) => name.endsWith('.png'));
      for (const image of images) assert.ok(readFileSync(join(sorted, `${image}.xmp`), 'utf8').includes('</x:xmpmeta>'), image); // prettier-ignore
      assert.deepEqual([images.length, new Set(images.map((image) => sha256(join(sorted, image)))).size], [IMAGES, IMAGES], 'sorted, once each'); // prettier-ignore
    });
  }
});
