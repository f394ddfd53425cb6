import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  copyFile,
  link,
  mkdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, relative } from 'node:path';
import { NodeImageFolder } from '../../../src/adapters/files/nodeImageFolder.ts';
import { FatalError } from '../../../src/core/model/failure.ts';
import type { Discovery } from '../../../src/core/ports/imageFolder.ts';
import { sampleInbox } from '../../services/samplePosts.ts';
import { collect } from '../support/collect.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { walkAsNobody } from '../support/walkAsNobody.ts';

const never = new AbortController().signal;
const PNG = join(sampleInbox, 'aoi hoshino - harbor night.png');

/** The walk, an hour after the files were made. */
const settled = (): NodeImageFolder => new NodeImageFolder(() => Date.now() + 3_600_000);

function walk(root: string, exclude: readonly string[] = []): Promise<readonly Discovery[]> {
  return collect(settled().walk(root, exclude, never));
}

/** `kind place`, with the reason of a problem */
async function placesOf(root: string, exclude: readonly string[] = []): Promise<readonly string[]> {
  const discoveries = await walk(root, exclude);
  return discoveries.map((d) => {
    const what = d.kind === 'problem' ? d.reason : d.kind;
    return `${what} ${relative(root, d.image.path)}`;
  });
}

async function put(root: string, place: string, content = 'x'): Promise<string> {
  const path = join(root, place);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

describe('NodeImageFolder', () => {
  it('finds images in all folders, with names in any script, always in the same order', async () => {
    await using folder = await temporaryFolder();
    for (const place of ['b.JPG', 'a "quoted".png', '夏/海.webp', '夏/🌄.avif', "it's/deep/er/c.tiff", 'z.jxl']) {
      await put(folder.path, place);
    }
    const expected = [
      'image a "quoted".png',
      'image b.JPG',
      'image z.jxl',
      "image it's/deep/er/c.tiff",
      'image 夏/海.webp',
      'image 夏/🌄.avif',
    ];
    assert.deepEqual(await placesOf(folder.path), expected);
    assert.deepEqual(await placesOf(folder.path), expected);
  });

  it('gives each file its size, its time, and an id that changes with them', async () => {
    await using folder = await temporaryFolder();
    const path = await put(folder.path, 'a.jpg', 'one');
    const [first] = await walk(folder.path);
    const facts = await stat(path);
    assert.equal(first?.kind, 'image');
    assert.equal(first.image.size, 3);
    assert.equal(first.image.mtimeMs, facts.mtimeMs);
    assert.match(first.image.id, /^[0-9a-f]{16}$/);
    assert.equal((await walk(folder.path))[0]?.image.id, first.image.id);
    await truncate(path, 2);
    assert.notEqual((await walk(folder.path))[0]?.image.id, first.image.id);
  });

  it('takes an image without an image extension, and nothing else without one', async () => {
    await using folder = await temporaryFolder();
    await copyFile(PNG, join(folder.path, 'no extension'));
    await copyFile(join(sampleInbox, "scans/vampire's supper.tiff"), join(folder.path, 'scan.dat'));
    await put(folder.path, 'BMW prices.txt', 'BMW prices have gone up again this year, says the newspaper.');
    await put(folder.path, 'GIF is fun', 'GIF is fun');
    await put(folder.path, 'empty', '');
    await put(folder.path, 'notes.md', '# notes');
    assert.deepEqual(await placesOf(folder.path), ['image no extension', 'image scan.dat']);
  });

  it('passes over dot files, NAS droppings, sidecars and unfinished downloads without a word', async () => {
    await using folder = await temporaryFolder();
    await put(folder.path, 'whole.jpg');
    await put(folder.path, 'reserved.jpg', '');
    for (const place of [
      '.hidden.jpg', '.git/a.jpg', '@eaDir/a.jpg', '#recycle/a.jpg', 'Thumbs.db', 'desktop.ini', 'whole.jpg.xmp',
      'a.jpg.part', 'b.jpg.crdownload', 'c.jpg.download/c.jpg', 'd.jpg.tmp', 'e.jpg.!ut', 'reserved.jpg.part',
    ]) await copyFile(PNG, await put(folder.path, place)); // prettier-ignore
    assert.deepEqual(await placesOf(folder.path), ['image whole.jpg']);
  });

  it('tells of links, and follows none, not even one to its own parent', async () => {
    await using folder = await temporaryFolder();
    await put(folder.path, 'a.jpg');
    await mkdir(join(folder.path, 'sub'));
    await symlink('..', join(folder.path, 'sub', 'up'));
    await symlink('/etc/hostname', join(folder.path, 'out.jpg'));
    await symlink('nowhere', join(folder.path, 'dangling.png'));
    assert.deepEqual(await placesOf(folder.path), [
      'image a.jpg',
      'passed-over dangling.png',
      'passed-over out.jpg',
      'passed-over sub/up',
    ]);
  });

  it('counts both names of a file with two', async () => {
    await using folder = await temporaryFolder();
    await link(await put(folder.path, 'a.jpg'), join(folder.path, 'b.jpg'));
    assert.deepEqual(await placesOf(folder.path), ['image a.jpg', 'image b.jpg']);
  });

  it('reports a FIFO and a socket that are named like images, and opens neither', async () => {
    await using folder = await temporaryFolder();
    execFileSync('mkfifo', [join(folder.path, 'fifo.jpg'), join(folder.path, 'silent fifo')]);
    const server = createServer();
    // the path of a socket may have about 100 bytes
    process.chdir(folder.path);
    await new Promise<void>((done) => server.listen('./socket.png', done));
    assert.deepEqual(await placesOf(folder.path), ['not-a-file fifo.jpg', 'not-a-file socket.png']);
    await new Promise((done) => server.close(done));
    process.chdir(join(import.meta.dirname, '../../..'));
  });

  it('reports names that can not be handled, by their own name, and spelled out in what is said', async () => {
    await using folder = await temporaryFolder();
    await put(folder.path, 'line\nbreak 🌄.jpg');
    await put(folder.path, 'line\nbreak.txt');
    await put(folder.path, 'bell\x07/inside.jpg');
    const bytes = Buffer.concat([Buffer.from(`${folder.path}/caf`), Buffer.from([0xe9]), Buffer.from('.png')]);
    await writeFile(bytes, 'x');
    const discoveries = await walk(folder.path);
    assert.deepEqual(
      discoveries.map((d) => d.kind === 'problem' && [d.reason, d.message]),
      [
        ['unsafe-name', `${folder.path}/caf\\xe9.png has a name that is not valid UTF-8; rename it.`],
        ['unsafe-name', `${folder.path}/line\\x0abreak 🌄.jpg has a name that has control characters; rename it.`],
        ['unsafe-name', `${folder.path}/bell\\x07 has a name that has control characters; rename it.`],
      ],
    );
    assert.equal(discoveries[1]?.image.path, join(folder.path, 'line\nbreak 🌄.jpg'));
    assert.equal(new Set(discoveries.map((d) => d.image.id)).size, 3);
  });

  it('does not enter excluded folders, under whatever name it comes upon them', async () => {
    await using folder = await temporaryFolder();
    await put(folder.path, 'real/inbox/a.jpg');
    await put(folder.path, 'real/inbox/Sorted/b.jpg');
    await put(folder.path, 'real/inbox/work/thumbnails/c.jpg');
    await symlink(join(folder.path, 'real'), join(folder.path, 'link'));
    const exclude = [join(folder.path, 'link/inbox/Sorted'), join(folder.path, 'real/inbox/work')];
    assert.deepEqual(await placesOf(join(folder.path, 'real/inbox'), exclude), ['image a.jpg']);
    assert.deepEqual(await placesOf(join(folder.path, 'link/inbox'), exclude), ['image a.jpg']);
  });

  it('does not enter an excluded folder that is made while it walks', async () => {
    await using folder = await temporaryFolder();
    await put(folder.path, 'inbox/a.jpg');
    await put(folder.path, 'inbox/sub/b.jpg');
    await symlink(join(folder.path, 'inbox'), join(folder.path, 'link'));
    const [root, sorted] = [join(folder.path, 'link'), join(folder.path, 'inbox/sub/Sorted')];
    const found: string[] = [];
    for await (const d of settled().walk(root, [sorted], never)) {
      found.push(relative(root, d.image.path));
      await put(folder.path, 'inbox/sub/Sorted/c.jpg');
    }
    assert.deepEqual(found, ['a.jpg', 'sub/b.jpg']);
  });

  it('goes on when files and folders vanish under its feet', async () => {
    await using folder = await temporaryFolder();
    for (const place of ['a.jpg', 'gone/b.jpg', 'stays/c.jpg']) await put(folder.path, place);
    const found: string[] = [];
    for await (const d of settled().walk(folder.path, [], never)) {
      found.push(relative(folder.path, d.image.path));
      if (found.length === 1) await rename(join(folder.path, 'gone'), join(folder.path, '.elsewhere'));
    }
    assert.deepEqual(found, ['a.jpg', 'stays/c.jpg']);
  });

  it('reports a folder without permission, and goes on', async () => {
    await using folder = await temporaryFolder();
    await chmod(folder.path, 0o755);
    await put(folder.path, 'closed/a.jpg');
    await put(folder.path, 'open/b.jpg');
    await chmod(join(folder.path, 'closed'), 0);
    assert.deepEqual(await walkAsNobody(folder.path), [
      { kind: 'problem', place: 'closed', reason: 'folder-unreadable' },
      { kind: 'image', place: 'open/b.jpg' },
    ]);
  });

  it('reports images that it may not look at, in a folder whose names it may read', async () => {
    await using folder = await temporaryFolder();
    await chmod(folder.path, 0o755);
    await put(folder.path, 'half closed/a.jpg');
    await put(folder.path, 'half closed/notes.txt');
    await put(folder.path, 'open/b.jpg');
    await chmod(join(folder.path, 'half closed'), 0o744);
    assert.deepEqual(await walkAsNobody(folder.path), [
      { kind: 'problem', place: 'half closed/a.jpg', reason: 'unreadable' },
      { kind: 'image', place: 'open/b.jpg' },
    ]);
  });

  it('looks last, and a second time, at what was written to a moment ago, and leaves alone what still grows', async () => {
    await using folder = await temporaryFolder();
    const growing = await put(folder.path, 'a growing.jpg');
    await put(folder.path, 'b whole.jpg');
    const gone = await put(folder.path, 'c gone.jpg');
    await utimes(await put(folder.path, 'd old.jpg'), 1, 1);
    const { mtimeMs } = await stat(growing);
    const seen: string[] = [];
    for await (const d of new NodeImageFolder(() => mtimeMs).walk(folder.path, [], never)) {
      seen.push(`${d.kind} ${relative(folder.path, d.image.path)}`);
      if (seen.length > 1) continue;
      await appendFile(growing, 'more');
      await rm(gone);
    }
    assert.deepEqual(seen, ['image d old.jpg', 'passed-over a growing.jpg', 'image b whole.jpg']);
    assert.deepEqual(await placesOf(folder.path), ['image a growing.jpg', 'image b whole.jpg', 'image d old.jpg']);
  });

  it('can not begin without its root', async () => {
    await using folder = await temporaryFolder();
    const missing = join(folder.path, 'nowhere');
    await assert.rejects(walk(missing), (error) => {
      assert.ok(error instanceof FatalError);
      assert.equal(error.reason, 'inbox-unreadable');
      assert.ok(error.message.includes(missing));
      return true;
    });
    await assert.rejects(walk(await put(folder.path, 'file.jpg')), FatalError);
  });

  it('stops when it is told to', async () => {
    await using folder = await temporaryFolder();
    for (let i = 0; i < 200; i++) await put(folder.path, `${i}.jpg`);
    const stop = new AbortController();
    let seen = 0;
    await assert.rejects(
      async () => {
        for await (const _ of settled().walk(folder.path, [], stop.signal)) {
          if (++seen === 3) stop.abort();
        }
      },
      { name: 'AbortError' },
    );
    assert.ok(seen < 200);
  });
});
