import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForkedFolderProbe } from '../../../src/adapters/files/forkedFolderProbe.ts';
import { spaceFinding } from '../../../src/core/doctor/checks/spaceCheck.ts';
import { mountNamespace } from '../support/underOtherConditions.ts';
import type { FolderFacts } from '../../../src/core/ports/folderProbe.ts';
import { withoutDescriptors } from '../support/withoutDescriptors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const PROGRAM = join(import.meta.dirname, '../../../src/adapters/files/folderProbeProcess.ts');
const HANGING = join(import.meta.dirname, '../support/hangingProbe.ts');

describe('A look at a folder', () => {
  const signal = new AbortController().signal;
  const probe = new ForkedFolderProbe({ program: PROGRAM });

  it('waits for free descriptors when there are none left', async function () {
    if (process.platform === 'win32') this.skip();
    await using folder = await temporaryFolder();
    const facts = await withoutDescriptors('look', PROGRAM, folder.path);
    assert.equal((facts as FolderFacts).kind, 'folder');
  });

  it('finds that it can be read and written to, with its free space, and leaves nothing in it', async () => {
    await using folder = await temporaryFolder();
    const facts = await probe.look(folder.path, signal);
    assert.ok(facts.kind === 'folder');
    assert.equal(facts.unreadable, undefined);
    assert.equal(facts.unwritable, undefined);
    assert.equal(facts.isEmpty, true);
    assert.ok((facts.freeBytes ?? 0) > 0);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('takes the zeros of a file system that does not tell its free space for no full disk', async function () {
    if (process.platform !== 'linux') this.skip();
    const facts = await probe.look('/proc', signal);
    assert.ok(facts.kind === 'folder');
    assert.equal(facts.freeBytes, undefined);
    assert.deepEqual(spaceFinding('NAS folder', facts, 1), []);
  });

  it('knows a folder again that is reached by a link', async () => {
    await using folder = await temporaryFolder();
    const [real, link] = [join(folder.path, '夏'), join(folder.path, 'link 🌄')];
    await mkdir(real);
    await symlink(real, link);
    const [a, b, other] = [
      await probe.look(real, signal),
      await probe.look(link, signal),
      await probe.look(folder.path, signal),
    ];
    assert.ok(a.kind === 'folder' && b.kind === 'folder' && other.kind === 'folder');
    assert.equal(a.identity, b.identity);
    assert.notEqual(a.identity, other.identity);
    assert.equal(other.isEmpty, false);
  });

  it('finds that a missing one could be made, without making it', async () => {
    await using folder = await temporaryFolder();
    const facts = await probe.look(join(folder.path, 'not', "yet 'there' 夏"), signal);
    assert.ok(facts.kind === 'missing');
    assert.equal(facts.uncreatable, undefined);
    assert.ok((facts.freeBytes ?? 0) > 0);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('tells a file in its place, and one in the place of a folder above it', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'a file');
    await writeFile(file, '');
    assert.deepEqual(await probe.look(file, signal), { kind: 'not-a-folder' });
    assert.deepEqual(await probe.look(join(file, 'below'), signal), { kind: 'not-a-folder' });
  });

  it('finds a read-only one, and one that is full, by really writing', async () => {
    await using folder = await temporaryFolder();
    assert.ok(mountNamespace, 'needs the right to mount');
    for (const [options, cause] of [
      ['size=64k,ro', /mounted read-only \(EROFS\)/],
      ['size=4k,nr_inodes=1', /the disk is full \(ENOSPC\)/],
    ] as const) {
      const script = `mount -t tmpfs -o ${options} none "$0" && exec "$@"`;
      const { stdout, stderr } = spawnSync(
        'unshare',
        [...mountNamespace, 'sh', '-c', script, folder.path, process.execPath, '--input-type=module', '-e', LOOK],
        { encoding: 'utf8', env: { ...process.env, PROGRAM, FOLDER: folder.path } },
      );
      const facts = JSON.parse(stdout || stderr) as { readonly kind: string; readonly unwritable?: string };
      assert.equal(facts.kind, 'folder');
      assert.match(facts.unwritable ?? '', cause);
    }
  });

  it('gives up on one that does not answer, and leaves no process behind', async () => {
    const hanging = new ForkedFolderProbe({ program: HANGING, seconds: 0.5 });
    assert.deepEqual(await hanging.look('/mnt/asleep', signal), { kind: 'no-answer', seconds: 0.5 });
    assert.equal(await hanging.sizeOf('/mnt/asleep', [], signal), undefined);
    await until(() => !processes().includes(HANGING));
  });

  it('ends at once when nobody wants to know any more', async () => {
    const hanging = new ForkedFolderProbe({ program: HANGING, seconds: 600 });
    const abort = new AbortController();
    const looking = hanging.look('/mnt/asleep', abort.signal);
    abort.abort(new Error('enough'));
    await assert.rejects(looking, /enough/);
    await until(() => !processes().includes(HANGING));
  });

  it('adds up the files below, without those of the folders left out', async () => {
    await using folder = await temporaryFolder();
    const sorted = join(folder.path, 'Sorted');
    await mkdir(join(folder.path, 'deep/夏'), { recursive: true });
    await mkdir(sorted);
    for (const [name, bytes] of [
      ['a.jpg', 1000],
      ['deep/夏/b 🌄.png', 200_000],
      ['Sorted/c.jpg', 5_000_000],
    ] as const) {
      await writeFile(join(folder.path, name), '');
      await truncate(join(folder.path, name), bytes);
    }
    assert.equal(await probe.sizeOf(folder.path, [sorted], signal), 201_000);
    assert.equal(await probe.sizeOf(join(folder.path, 'not there'), [], signal), 0);
  });
});

/** A program of its own, so that it sees what is mounted for it alone. */
const LOOK = `
  import { fork } from 'node:child_process';
  const child = fork(process.env.PROGRAM, { execArgv: [] });
  child.on('message', ({ facts }) => { console.log(JSON.stringify(facts)); child.disconnect(); });
  child.send({ kind: 'look', path: process.env.FOLDER });
`;

const processes = (): string => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((wait) => setTimeout(wait, 50));
}
