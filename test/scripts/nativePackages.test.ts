import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { copyNativePackages, TARGETS } from '../../scripts/nativePackages.ts';
import { sampleInbox } from '../services/samplePosts.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe('what the VSIX carries', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'packaged '))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('runs with nothing else beside it: pictures are analyzed, sidecars written', async () => {
    const target = TARGETS.find((t) => t === `${process.platform}-${process.arch}`);
    assert.ok(target, `there is no VSIX for ${process.platform}-${process.arch}`);
    const extension = join(dir, 'extension');
    for (const file of ['package.json', 'media/models', 'media/exiftool'])
      cpSync(join(ROOT, file), join(extension, file), { recursive: true });
    for (const file of readdirSync(join(ROOT, 'dist')).filter((name) => /\.(c?js|json|wasm)$/.test(name))) {
      cpSync(join(ROOT, 'dist', file), join(extension, 'dist', file));
    }
    copyNativePackages(ROOT, join(extension, 'dist'), target);

    const inbox = join(dir, 'Inbox');
    mkdirSync(inbox);
    for (const file of ['blink.gif', 'camera/coffee break.jpeg']) cpSync(join(sampleInbox, file), join(inbox, file));
    const args = [join(extension, 'dist/cli.js'), 'process', '--offline', '--json', '--workspace', dir];
    // no folder above holds other packages, and the environment names none
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: dir,
      env: { PATH: process.env['PATH'] },
    });
    const { statistics, manifest } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      statistics: Record<string, number>;
      manifest: string;
    };
    assert.equal(statistics['processed'], 2);
    assert.equal(statistics['contentAnalyzed'], 2);
    const { images } = JSON.parse(readFileSync(manifest, 'utf8')) as { images: { sidecar: string }[] };
    for (const { sidecar } of images) assert.match(readFileSync(sidecar, 'utf8'), /Image Inbox/);
  });
});
