import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { TARGETS } from '../../scripts/nativePackages.ts';
import { packVsix } from '../../scripts/vsix.ts';
import { sampleInbox } from '../services/samplePosts.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** in the project's folder, large, and never packed */
const LEFT_OUT = ['.git', 'node_modules', '.vscode-host', 'test-results'];
const run = promisify(execFile);

interface Report {
  readonly statistics: Readonly<Record<string, number>>;
  readonly manifest: string;
}

interface Manifest {
  readonly images: readonly {
    readonly sidecar: string | null;
    readonly stages: Readonly<Record<string, { readonly status: string }>>;
  }[];
}

describe('The VSIX', () => {
  let dir: string;
  let vsix: string;
  let extension: string;
  let files: readonly string[];
  const { platform: os, arch: cpu } = process;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'vsix '));
    const target = TARGETS.find((t) => t === `${os}-${cpu}`);
    assert.ok(target, `there is no VSIX for ${os}-${cpu}`);
    vsix = join(dir, 'image-inbox.vsix');
    // a copy: what is run from dist by other tests meanwhile would take the packages that are laid into it
    const project = join(dir, 'project');
    const isPacked = (path: string): boolean => !LEFT_OUT.includes(relative(ROOT, path));
    cpSync(ROOT, project, { recursive: true, filter: isPacked });
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
    packVsix(project, target, ROOT, vsix);
    await run('unzip', ['-q', vsix, '-d', join(dir, 'unpacked')]);
    extension = join(dir, 'unpacked/extension');
    files = readdirSync(extension, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(join(extension, file)).isFile())
      .map((file) => file.split(sep).join('/'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  /** Runs the command line of the VSIX on two pictures. No folder above holds other packages, and the environment names none. */
  const processTwo = async (name: string): Promise<Report & { readonly images: Manifest['images'] }> => {
    const workspace = join(dir, name);
    mkdirSync(join(workspace, 'Inbox'), { recursive: true });
    for (const file of ['blink.gif', 'camera/coffee break.jpeg'])
      cpSync(join(sampleInbox, file), join(workspace, 'Inbox', file));
    const args = [join(extension, 'dist/cli.js'), 'process', '--offline', '--json', '--workspace', workspace];
    const { stdout } = await run(process.execPath, args, {
      cwd: workspace,
      env: { PATH: process.env['PATH'] },
    }).catch((error: unknown) => error as { readonly stdout: string });
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;
    return { ...report, ...(JSON.parse(readFileSync(report.manifest, 'utf8')) as Manifest) };
  };

  it('has all that runs', () => {
    const needed = [
      'package.json',
      'package.nls.json',
      'package.nls.ja.json',
      'l10n/bundle.l10n.ja.json',
      'LICENSE.txt',
      'readme.md',
      'dist/extension.mjs',
      'dist/cli.js',
      'dist/cli.mjs',
      'dist/analyzerWorker.js',
      'dist/lookWorker.js',
      'dist/folderProbe.js',
      'dist/sql-wasm.wasm',
      'media/icon.png',
      'media/review/main.js',
      'media/review/codicon.css',
      `dist/node_modules/onnxruntime-node/bin/napi-v6/${os}/${cpu}/onnxruntime_binding.node`,
    ];
    assert.deepEqual(
      needed.filter((file) => !files.includes(file)),
      [],
    );
    for (const kind of [
      /^media\/models\/.*\.onnx$/,
      /\/bin\/exiftool(\.exe)?$/,
      /^dist\/node_modules\/@img\/sharp-.*\.node$/,
    ])
      assert.ok(
        files.some((file) => kind.test(file)),
        String(kind),
      );
  });

  it('has every chunk that the extension may load', () => {
    const scripts = files.filter((file) => file.startsWith('dist/') && file.endsWith('.mjs'));
    const chunks = scripts.flatMap((file) =>
      [
        ...readFileSync(join(extension, file), 'utf8').matchAll(
          /["'](?:\.\/|\.\.\/)*(?:chunks\/)?([\w.-]+-[A-Z0-9]{8}\.mjs)["']/g,
        ),
      ].map(([, name]) => `dist/chunks/${name ?? ''}`),
    );
    assert.ok(new Set(chunks).size >= 3, `${new Set(chunks).size} chunks`);
    assert.deepEqual(
      chunks.filter((chunk) => !files.includes(chunk)),
      [],
    );
  });

  it('has no sources, tests, maps or settings of the project, and no binaries of other platforms', () => {
    const foreign =
      /(^|\/)(src|test|webview|bench|scripts)\/(?!.*node_modules)|\.(ts|map)$|(^|\/)\.|tsconfig|package-lock|\.vsix$/;
    const ofOurs = files.filter((file) => !file.startsWith('dist/node_modules/'));
    assert.deepEqual(
      ofOurs.filter((file) => foreign.test(file)),
      [],
    );
    const binaries = files.filter((file) => /\.(node|dll|dylib|so)(\.[\d.]+)?$|\.exe$/.test(file));
    assert.ok(binaries.length > 0);
    assert.deepEqual(
      binaries.filter((file) => !file.includes(`${os}-${cpu}`) && !file.includes(`${os}/${cpu}/`) && os !== 'win32'),
      [],
    );
  });

  it('is no larger than its models and native packages make it', () => {
    const bytes = statSync(vsix).size;
    assert.ok(bytes > 10e6 && bytes < 90e6, `${(bytes / 1e6).toFixed(1)} MB`);
  });

  it('runs with nothing else beside it: pictures are analyzed, sidecars written', async () => {
    const { statistics, images } = await processTwo('Whole');
    assert.equal(statistics['processed'], 2);
    assert.equal(statistics['contentAnalyzed'], 2);
    for (const { sidecar } of images) assert.match(readFileSync(sidecar ?? '', 'utf8'), /Image Inbox/);
  });

  it('goes on without its analysis where the native part of that is missing, and says so', async () => {
    const native = join(extension, 'dist/node_modules/onnxruntime-node');
    rmSync(native, { recursive: true });
    assert.equal(existsSync(native), false);
    const { statistics, images } = await processTwo('Without onnxruntime');
    assert.equal(statistics['total'], 2);
    assert.equal(statistics['contentAnalyzed'], 0);
    assert.match(JSON.stringify(images), /onnxruntime/);
    for (const { sidecar } of images) assert.match(readFileSync(sidecar ?? '', 'utf8'), /Image Inbox/);
  });
});
