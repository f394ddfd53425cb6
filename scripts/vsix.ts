import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyNativePackages, type Target } from './nativePackages.ts';

/**
 * Packs what is built in `root` with the native packages of one platform; .vscodeignore says which files go in.
 * @param natives the folder whose node_modules has the platform's packages
 * @param vsix the file that is written
 * @throws Error when a native package is missing, or vsce fails; its output is in the message
 */
export function packVsix(root: string, target: Target, natives: string, vsix: string): { nativeBytes: number } {
  const dist = join(root, 'dist');
  const packages = join(dist, 'node_modules');
  rmSync(packages, { recursive: true, force: true });
  try {
    const { bytes } = copyNativePackages(natives, dist, target);
    const args = [
      'package',
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      ...['--target', target],
      ...['--out', vsix],
    ];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/@vscode/vsce/vsce'), ...args],
      { cwd: root, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`vsce could not make ${vsix}:\n${stdout}${stderr}`);
    return { nativeBytes: bytes };
  } finally {
    rmSync(packages, { recursive: true, force: true });
  }
}
