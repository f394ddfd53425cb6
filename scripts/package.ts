/** npm run package [-- --target PLATFORM]: the VSIX for this platform (or another that is installed), from a fresh production build. */
import { spawnSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { copyNativePackages, TARGETS, type Target } from './nativePackages.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { target: { type: 'string', default: `${process.platform}-${process.arch}` } },
});
const target = TARGETS.find((t) => t === values.target);
if (!target) {
  console.error(`There is no VSIX for ${values.target}; there are ${TARGETS.join(', ')}.`);
  process.exit(2);
}
packageFor(target);

function packageFor(platform: Target): void {
  const dist = join(root, 'dist');
  rmSync(join(dist, 'node_modules'), { recursive: true, force: true });
  const { files, bytes } = copyNativePackages(root, dist, platform);
  console.log(`Native packages for ${platform}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
  const vsix = join(root, `image-inbox-${platform}.vsix`);
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  const args = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--target',
    platform,
    '--out',
    vsix,
  ];
  const { status } = spawnSync(process.execPath, [vsce, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  rmSync(join(dist, 'node_modules'), { recursive: true, force: true });
  if (status !== 0) process.exit(status ?? 1);
  console.log(`${vsix}: ${(statSync(vsix).size / 1e6).toFixed(1)} MB`);
}
