import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { mountNamespace } from '../adapters/support/underOtherConditions.ts';
import { contents, filesBelow, KEY, ROOT, sha256, Workspace } from './commandLine.ts';
import type { SmallDisk, StepEnded } from './onSmallDisk.ts';

const HELPER = join(import.meta.dirname, 'onSmallDisk.ts');

/** Does the steps where a small file system is mounted at the folder. */
async function onSmallDisk(disk: SmallDisk): Promise<StepEnded[]> {
  assert.ok(mountNamespace, 'these tests mount a file system: as root, or in a user namespace');
  const { stdout } = await promisify(execFile)(
    'unshare',
    [...mountNamespace, process.execPath, HELPER, JSON.stringify(disk)],
    { maxBuffer: 1 << 26, env: { ...process.env, SAUCENAO_API_KEY: KEY } },
  );
  return JSON.parse(stdout) as StepEnded[];
}

/** What takes the room; no image. */
const FILLER = 'filler.bin';

const isReport = (file: string): boolean => /^(manifest|errors)_/.test(file);

describe('a disk that is full in the middle of a run', () => {
  let workspace: Workspace;
  let before: Map<string, number>;
  beforeEach(async () => {
    workspace = await Workspace.create({ settings: { 'imageInbox.search.providers': ['danbooru-md5'] } });
    before = contents(workspace.inbox);
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  const cli = (...args: string[]): { readonly command: readonly string[] } => ({
    command: [process.execPath, join(ROOT, 'dist/cli.js'), ...args, '--workspace', workspace.dir],
  });

  const assertTold = ({ code, stdout, stderr }: StepEnded): void => {
    assert.equal(code, 5, stdout + stderr);
    assert.match(stderr, /The disk of .* is full\. Make room/);
    assert.doesNotMatch(stderr, /^\s+at .*:\d+\)?$/m, 'no stack');
  };

  it('that of Sorted: it stops and says so, with whole files only, and goes on when there is room', async () => {
    mkdirSync(workspace.sorted);
    const [full, again, done] = await onSmallDisk({
      at: workspace.sorted,
      steps: [
        { size: '240k' },
        cli('process', '--approve', 'all', '--set', 'stages.sync=false'),
        // still no room: nothing gets worse
        cli('resume', '--approve', 'all', '--set', 'stages.sync=false'),
        { size: '8m' },
        cli('resume', '--approve', 'all', '--set', 'stages.sync=false'),
      ],
      look: workspace.sorted,
    });
    assert.ok(full && again && done);
    for (const stopped of [full, again]) {
      assertTold(stopped);
      for (const [file, hash] of Object.entries(stopped.files)) {
        if (file.endsWith('.xmp')) assert.equal(done.files[file], hash, `${file} is whole`);
        else assert.ok(isReport(file) || before.has(hash), `${file} has the bytes of an original`);
        assert.doesNotMatch(basename(file), /^\.image-inbox-|\.tmp$/);
      }
    }
    assert.equal(done.code, 1, done.stderr); // of the samples, two are no pictures
    const images = Object.keys(done.files).filter((file) => !file.endsWith('.xmp') && !isReport(file));
    assert.equal(images.length, 12);
    for (const image of images) assert.ok(done.files[`${image}.xmp`], `${image} has a sidecar`);
    const after = contents(workspace.inbox);
    for (const image of images) after.set(done.files[image] ?? '', (after.get(done.files[image] ?? '') ?? 0) + 1);
    assert.deepEqual(after, before, 'every original once');
    assert.deepEqual(
      filesBelow(workspace.inbox).filter((file) => file.endsWith('.xmp')),
      [],
      'no sidecar is left behind',
    );
  });

  it('that of the working folder: it stops and says so, and goes on when there is room', async () => {
    const working = join(workspace.dir, '.image-inbox');
    mkdirSync(working);
    const [full, done] = await onSmallDisk({
      at: working,
      steps: [{ size: '24k' }, cli('process', '--approve', 'all'), { size: '16m' }, cli('process', '--approve', 'all')],
      look: workspace.sorted,
    });
    assert.ok(full && done);
    assertTold(full);
    assert.equal(done.code, 1, done.stdout + done.stderr);
    assert.deepEqual(contents(workspace.inbox, workspace.sorted), before, 'every original once');
    const sorted = filesBelow(workspace.sorted).filter((file) => !isReport(file));
    assert.equal(sorted.filter((file) => !file.endsWith('.xmp')).length, 12);
    assert.deepEqual(filesBelow(workspace.nas), sorted);
    for (const file of sorted) assert.equal(sha256(join(workspace.nas, file)), sha256(join(workspace.sorted, file)));
  });

  it('that of the inbox: no sidecar finds room, every image stays as it is, and goes on when there is room', async () => {
    // the inbox is filled where nobody else sees it
    const inbox = join(workspace.dir, 'small');
    mkdirSync(inbox);
    const [, full, done] = await onSmallDisk({
      at: inbox,
      steps: [
        { size: '2m' },
        // to the last byte: each image that goes would make room for the sidecar of another one
        { command: ['sh', '-c', 'cp -r "$1/." "$2"; cat /dev/zero > "$2/$3"', 'sh', workspace.inbox, inbox, FILLER] },
        cli('process', inbox, '--approve', 'all'),
        { size: '16m' },
        cli('process', inbox, '--approve', 'all'),
      ],
      look: inbox,
    });
    assert.ok(full && done);
    assertTold(full);
    const left = Object.entries(full.files).filter(([file]) => !file.endsWith('.xmp') && file !== FILLER);
    for (const [file, hash] of left) assert.ok(before.has(hash), `${file} has the bytes of an original`);
    assert.equal(done.code, 1, done.stdout + done.stderr);
    const after = contents(workspace.sorted);
    for (const [file, hash] of Object.entries(done.files)) {
      if (file !== FILLER) after.set(hash, (after.get(hash) ?? 0) + 1);
    }
    assert.deepEqual(after, before, 'every original once');
  });
});
