import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ChildProcess {
  readonly pid: number;
  readonly command: string;
  readonly residentMb: number;
}

/** All processes that this one has started, and those that they have started (Linux). */
export function descendants(): readonly ChildProcess[] {
  const parents = new Map<number, number>();
  const all: ChildProcess[] = [];
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(join('/proc', pid, 'status'), 'utf8');
      const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      parents.set(Number(pid), field('PPid'));
      const command = readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
      all.push({ pid: Number(pid), command, residentMb: field('VmRSS') / 1024 });
    } catch {
      // it has ended in the meantime
    }
  }
  const isOurs = (pid: number): boolean => pid === process.pid || (pid > 1 && isOurs(parents.get(pid) ?? 0));
  return all.filter(({ pid }) => isOurs(pid));
}
