import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';

/** What a call came to, in another process. */
export interface Outcome {
  readonly kind: 'returned' | 'threw';
  readonly name?: string;
  readonly reason?: string;
  readonly message?: string;
  /** names in the folder that it was to write to, after an error */
  readonly left?: readonly string[];
}

type Method = Exclude<keyof NodeFiles, 'fingerprint' | 'stat'>;

const CHILD = join(import.meta.dirname, 'callFiles.ts');
const run = promisify(execFile);

/** Calls a method of NodeFiles as a user who may do little: permissions mean nothing to root, who runs the tests in CI. */
export function asNobody(method: Method, ...parameters: readonly string[]): Promise<Outcome> {
  return outcomeOf(process.execPath, [CHILD, 'nobody', method, ...parameters]);
}

/** How to get a mount of one's own: as root, or as the root of a user namespace; undefined where neither is allowed. */
export const mountNamespace: readonly string[] | undefined = [['--mount'], ['--map-root-user', '--mount']].find(
  (flags) => spawnSync('unshare', [...flags, 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', '/mnt']).status === 0,
);

/** Calls a method of NodeFiles after a shell command (with the folder as `$0`) has mounted something where nobody else sees it. */
export function mounted(command: string, folder: string, method: Method, ...parameters: readonly string[]) {
  const script = `${command} && exec "$@"`;
  const call = [process.execPath, CHILD, 'self', method, ...parameters];
  return outcomeOf('unshare', [...(mountNamespace ?? []), 'sh', '-c', script, folder, ...call]);
}

async function outcomeOf(program: string, args: readonly string[]): Promise<Outcome> {
  const { stdout } = await run(program, args);
  return JSON.parse(stdout) as Outcome;
}
