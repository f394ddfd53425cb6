/**
 * npm run package [-- --target PLATFORM | all]: the VSIX for this platform, for another, or for all that the native parts have
 * binaries for, from a fresh production build. The native packages of other platforms are installed aside, by package-lock.json.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { TARGETS, type Target } from './nativePackages.ts';
import { packVsix } from './vsix.ts';

const root = resolve(import.meta.dirname, '..');
const here = `${process.platform}-${process.arch}`;
const { values } = parseArgs({ options: { target: { type: 'string', default: here } } });
const wanted = values.target === 'all' ? TARGETS : TARGETS.filter((target) => target === values.target);
if (wanted.length === 0) {
  console.error(`There is no VSIX for ${values.target}; there are ${TARGETS.join(', ')}, and all.`);
  process.exit(2);
}
for (const target of wanted) {
  if (target === here) {
    packageFor(target, root);
    continue;
  }
  const aside = mkdtempSync(join(tmpdir(), `image-inbox-${target}-`));
  try {
    installFor(target, aside);
    packageFor(target, aside);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Installs what runs on another platform, in the versions of the lock file. No install script runs: all binaries are in the packages. */
function installFor(target: Target, dir: string): void {
  // .npmrc too: the lock file was made with its options
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(root, file), join(dir, file));
  const [os = '', cpu = ''] = target.split('-');
  const libc = os === 'linux' ? ['--libc=glibc'] : [];
  const args = [
    'ci',
    '--omit=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `--os=${os}`,
    `--cpu=${cpu}`,
    ...libc,
  ];
  const { status, error } = spawnSync('npm', args, {
    cwd: dir,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32', // npm is a script there
  });
  if (status !== 0) throw new Error(`The packages for ${target} could not be installed.`, { cause: error });
}

function packageFor(target: Target, natives: string): void {
  const vsix = join(root, `image-inbox-${target}.vsix`);
  const { nativeBytes } = packVsix(root, target, natives, vsix);
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(`${vsix}: ${megabytes(statSync(vsix).size)}, with ${megabytes(nativeBytes)} of native packages`);
}
