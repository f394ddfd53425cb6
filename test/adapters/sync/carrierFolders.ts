import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cargo } from '../../../src/core/sync/syncEngine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { STAGING } from './nasKinds.ts';

/** A sorted folder with a small file for each content, and a NAS folder with an empty staging folder. */
export async function carrierFolders(contents: readonly (string | Buffer)[]) {
  const { path, [Symbol.asyncDispose]: dispose } = await temporaryFolder();
  const [root, nas] = [join(path, 'Sorted'), join(path, 'NAS')];
  const staging = join(nas, STAGING);
  await mkdir(root);
  await mkdir(staging, { recursive: true });
  const cargo: Cargo[] = [];
  for (const [i, content] of contents.entries()) {
    const [place, source] = [`${i}.png`, join(root, `${i}.png`)];
    await writeFile(source, content);
    const { size, mtimeMs } = await stat(source);
    cargo.push({ place, source, size, mtimeMs, resume: false, replaces: undefined });
  }
  return { root, nas, staging, cargo, [Symbol.asyncDispose]: dispose };
}
