import { execFileSync } from 'node:child_process';

/** Ids of the processes that live (no zombies: those have ended) and were started by one, by default by this. */
export function childProcesses(of = process.pid): readonly number[] {
  return processTable()
    .filter(({ parent, state, command }) => parent === of && !state.startsWith('Z') && !command.startsWith('ps '))
    .map(({ pid }) => pid);
}

/** Whether a process lives; a zombie has ended. */
export function isAlive(id: number): boolean {
  return processTable().some(({ pid, state }) => pid === id && !state.startsWith('Z'));
}

/** Waits until a condition holds. The caller's test has a time limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function processTable() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [, pid, parent, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), parent: Number(parent), state, command };
  });
}
