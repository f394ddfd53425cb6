import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { codeOf } from './fileErrors.ts';

/** Where process numbers mean the same: the host's name, on Linux with the namespace of a container. */
export async function processSpace(): Promise<string> {
  const space = await readlink('/proc/self/ns/pid').catch(() => undefined);
  return space === undefined ? hostname() : `${hostname()} ${space}`;
}

/** Of a process with a certain number. */
export interface Liveness {
  readonly alive: boolean;
  /** when it started; undefined when it is gone, or where the system can't be asked */
  readonly start?: string;
}

const GONE: Liveness = { alive: false };
const ALIVE: Liveness = { alive: true };

/**
 * When a process started, in the system's own words: they are only compared, since another process may get the same number
 * later. Linux: clock ticks since the boot of that id. macOS: what `ps` says. Windows: not asked, it takes seconds there.
 */
export async function livenessOf(pid: number): Promise<Liveness> {
  if (!isAlive(pid)) return GONE;
  if (process.platform === 'linux') return onLinux(pid);
  if (process.platform === 'darwin') return onMac(pid);
  return ALIVE;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is one, of another user
    return codeOf(error) === 'EPERM';
  }
}

async function onLinux(pid: number): Promise<Liveness> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // the second field is the program's name in brackets, and may hold spaces and brackets
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    // killed, and not yet collected by its parent
    if (state === 'Z' || state === 'X') return GONE;
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
    return { alive: true, start: `${boot} ${ticks ?? ''}` };
  } catch (error) {
    return codeOf(error) === 'ENOENT' && !isAlive(pid) ? GONE : ALIVE;
  }
}

async function onMac(pid: number): Promise<Liveness> {
  try {
    // local time in the user's language, if it were not for these
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { env });
    const start = stdout.trim();
    return start === '' ? ALIVE : { alive: true, start };
  } catch {
    return ALIVE;
  }
}
