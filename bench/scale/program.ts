import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const CLI = resolve(import.meta.dirname, '../../dist/cli.js');
/** Clock ticks a second in /proc, the same on every Linux of today. */
const TICKS = 100;

/** How one start of the command line went. */
export interface Went {
  readonly code: number | null;
  readonly seconds: number;
  /** processor time of the process, seconds; 0 when it was too short to be seen */
  readonly cpu: number;
  /** most resident memory of the process, MB */
  readonly memory: number;
  /** from the start to the first image that came through, seconds */
  readonly firstImage?: number;
  readonly lines: number;
}

export interface Orders {
  readonly args: readonly string[];
  /** SIGKILL after so many images */
  readonly killAfter?: number;
}

/** Runs the command line with `--json`, watching its memory and time (Linux). */
export async function program({ args, killAfter }: Orders): Promise<Went> {
  const began = performance.now();
  const child = spawn(process.execPath, [CLI, ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [memory, cpu] = [0, 0];
  const look = (): void => {
    try {
      const status = readFileSync(join('/proc', String(child.pid), 'status'), 'utf8');
      memory = Math.max(memory, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
      const stat = readFileSync(join('/proc', String(child.pid), 'stat'), 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      cpu = (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      // it has ended
    }
  };
  const timer = setInterval(look, 100);
  let images = 0;
  let lines = 0;
  let firstImage: number | undefined;
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines++;
    if (!line.startsWith('{"event":"image"')) return;
    images++;
    firstImage ??= (performance.now() - began) / 1000;
    if (images === killAfter) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  clearInterval(timer);
  return {
    code,
    seconds: (performance.now() - began) / 1000,
    cpu,
    memory,
    lines,
    ...(firstImage !== undefined && { firstImage }),
  };
}
