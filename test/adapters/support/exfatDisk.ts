import { execFileSync, spawn } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './temporaryFolder.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A disk that no process sees but the ones that are run with it. */
export interface ExfatDisk extends AsyncDisposable {
  /** Runs a program in a process that has the disk mounted at this folder. */
  run(at: string, command: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran>;
}

const SCRIPT = 'mount.exfat-fuse "$1" "$0" >&2 && { shift; "$@"; }; code=$?; umount "$0"; exit $code';

/** Needs root, exfat-fuse, exfatprogs and a loop device. @param bytes how large it is */
export async function exfatDisk(bytes: number): Promise<ExfatDisk> {
  const folder = await temporaryFolder();
  const image = join(folder.path, 'disk');
  await writeFile(image, '');
  await truncate(image, bytes);
  execFileSync('mkfs.exfat', [image], { stdio: 'ignore' });
  const device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
  return {
    run: (at, command, env = {}) => {
      const child = spawn('unshare', ['--mount', 'sh', '-c', SCRIPT, at, device, ...command], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 120_000,
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      return new Promise((done, fail) => {
        child.once('error', fail);
        child.once('close', (code) => done({ code, stdout, stderr }));
      });
    },
    [Symbol.asyncDispose]: async () => {
      execFileSync('losetup', ['--detach', device]);
      await folder[Symbol.asyncDispose]();
    },
  };
}
