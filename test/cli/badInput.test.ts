import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, lstatSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { sampleInbox } from '../services/samplePosts.ts';
import { assertAddsUp, ROOT, sha256, Workspace } from './commandLine.ts';

/** A valid PNG of that many black pixels a side, in a few kilobytes. */
function bomb(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(1, 8); // one bit a pixel, greyscale
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('bad input', () => {
  let workspace: Workspace;
  afterEach(() => workspace[Symbol.asyncDispose]());

  it('is reported by name, stage and cause, and left as it is; all other images finish', async () => {
    workspace = await Workspace.create({ samples: false });
    const at = (name: string): string => join(workspace.inbox, name);
    writeFileSync(at('letter.jpg'), 'Dear reader, this is no picture.');
    writeFileSync(at('nothing.png'), '');
    copyFileSync(join(sampleInbox, 'aoi hoshino - harbor night.png'), at('cut off.png'));
    truncateSync(at('cut off.png'), 20_000);
    writeFileSync(at('bomb.png'), bomb(20_000));
    copyFileSync(join(sampleInbox, 'camera/IMG_2041.jpg'), at('two\nlines 🎉.jpg'));
    // as long as a name may be: no sidecar can stand beside it
    const long = `${'n'.repeat(251)}.jpg`;
    copyFileSync(join(sampleInbox, 'camera/IMG_2041.jpg'), at(long));
    symlinkSync('..', at('up'));
    symlinkSync(join(sampleInbox, 'camera/IMG_2041.jpg'), at('link.jpg'));
    writeFileSync(at('readme.txt'), 'not an image, and not called one');
    copyFileSync(join(sampleInbox, 'camera/IMG_2041.jpg'), at('cat.jpg'));
    copyFileSync(join(sampleInbox, 'blink.gif'), at('🎉 fine.gif'));
    const bad = ['letter.jpg', 'nothing.png', 'cut off.png', 'bomb.png', 'two\nlines 🎉.jpg', long];
    const before = bad.map((name) => sha256(at(name)));

    const { code, stderr } = await workspace.run(['process', '--offline']);
    assert.equal(code, 1);
    const manifest = workspace.manifest();
    assertAddsUp(manifest);
    const failed = Object.fromEntries(
      manifest.images.flatMap((i) =>
        Object.entries(i.stages)
          .filter(([, s]) => s.status === 'failed')
          .map(([stage, s]) => [i.source.slice(workspace.inbox.length + 1), `${stage}: ${s.error?.reason ?? ''}`]),
      ),
    );
    assert.deepEqual(failed, {
      'letter.jpg': 'scan: not-an-image',
      'nothing.png': 'scan: empty',
      'cut off.png': 'analyze: corrupt',
      'bomb.png': 'analyze: too-large',
      'two\nlines 🎉.jpg': 'scan: unsafe-name',
      [long]: 'scan: unsafe-name',
    });
    for (const name of ['up', 'link.jpg']) {
      const link = manifest.images.find((i) => i.source === at(name));
      assert.match(link?.stages['scan']?.why ?? '', /link/, name);
      assert.ok(lstatSync(at(name)).isSymbolicLink());
    }
    assert.deepEqual(
      manifest.images
        .filter((i) => i.destination !== undefined)
        .map((i) => i.source)
        .sort(),
      [at('cat.jpg'), at('🎉 fine.gif')].sort(),
    );
    assert.deepEqual(
      bad.map((name) => sha256(at(name))),
      before,
    );

    const report = workspace.errorReport() ?? '';
    for (const name of ['letter.jpg', 'nothing.png', 'cut off.png', 'bomb.png', 'two\\x0alines 🎉.jpg', long]) {
      assert.ok(report.includes(name), name);
      assert.ok(stderr.includes(name), name);
    }
    assert.ok(!(report + stderr).includes('two\nlines'), 'a name never breaks a line');
  });

  it('of a folder without permission is reported, and the rest finishes', async () => {
    workspace = await Workspace.create({ samples: false });
    copyFileSync(join(sampleInbox, 'camera/IMG_2041.jpg'), join(workspace.inbox, 'cat.jpg'));
    const locked = join(workspace.inbox, 'locked');
    mkdirSync(locked);
    copyFileSync(join(sampleInbox, 'blink.gif'), join(locked, 'blink.gif'));
    chmodSync(locked, 0o000);
    try {
      const { code, stdout, stderr } = await runWithoutPrivilege(workspace, ['process', '--offline']);
      assert.equal(code, 1, stdout + stderr);
      const manifest = workspace.manifest();
      assertAddsUp(manifest);
      const folder = manifest.images.find((i) => i.source === locked);
      assert.equal(folder?.stages['scan']?.error?.reason, 'folder-unreadable');
      assert.ok(manifest.images.some((i) => i.source.endsWith('cat.jpg') && i.destination !== undefined));
    } finally {
      chmodSync(locked, 0o700);
    }
    assert.equal(sha256(join(locked, 'blink.gif')), sha256(join(sampleInbox, 'blink.gif')));
  });

  it('of a folder that was locked while one of its images waits keeps that one waiting, and the rest finishes', async () => {
    workspace = await Workspace.create({ samples: false, settings: { 'imageInbox.stages.analyze': false } });
    const locked = join(workspace.inbox, 'locked');
    mkdirSync(locked);
    copyFileSync(join(sampleInbox, 'aoi hoshino - harbor night.png'), join(locked, 'harbor.png'));
    await workspace.run(['process']);
    assert.equal(workspace.manifest().statistics['awaitingReview'], 1);
    copyFileSync(join(sampleInbox, 'camera/IMG_2041.jpg'), join(workspace.inbox, 'cat.jpg'));
    chmodSync(locked, 0o000);
    try {
      const { code, stdout, stderr } = await runWithoutPrivilege(workspace, ['process', '--offline']);
      assert.equal(code, 1, stdout + stderr);
      const { images, statistics } = workspace.manifest();
      assert.equal(statistics['awaitingReview'], 1);
      assert.ok(images.some((i) => i.source.endsWith('cat.jpg') && i.destination !== undefined));
    } finally {
      chmodSync(locked, 0o700);
    }
    const { code, stderr } = await workspace.run(['resume', '--approve', 'all']);
    assert.equal(code, 0, stderr);
    assert.ok(workspace.manifest().images.some((i) => i.source.endsWith('harbor.png') && i.destination !== undefined));
  });
});

/** Root may read everything: without these capabilities (util-linux) it obeys permissions as anybody does. */
async function runWithoutPrivilege(workspace: Workspace, args: readonly string[]) {
  const bound = '-dac_override,-dac_read_search';
  const node = [process.execPath, join(ROOT, 'dist/cli.js'), ...args, '--workspace', workspace.dir];
  const [program = '', ...rest] =
    process.getuid?.() === 0 ? ['setpriv', '--inh-caps', bound, '--bounding-set', bound, ...node] : node;
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
