import { execFile } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { promisify } from 'node:util';
import { ForkedFolderProbe } from '../../../src/adapters/files/forkedFolderProbe.ts';
import { runProgram } from '../../../src/adapters/sync/runProgram.ts';

/** What a call comes to in a process that has no descriptor left when it begins, and some a moment later. */
export async function withoutDescriptors(...call: readonly ['runProgram'] | readonly ['look', string, string]) {
  const few = ['-c', 'ulimit -n 64 && exec "$@"', 'sh', process.execPath, import.meta.filename, ...call];
  return JSON.parse((await promisify(execFile)('sh', few)).stdout) as unknown;
}

if (process.argv[1] === import.meta.filename) {
  const [, , what, program = '', folder = ''] = process.argv;
  const { signal } = new AbortController();
  const probe = new ForkedFolderProbe({ program });
  const call = (): Promise<unknown> =>
    what === 'look'
      ? probe.look(folder, signal)
      : runProgram({ program: [process.execPath], args: ['--version'], signal, silenceMs: 60_000 });
  const held: number[] = [];
  try {
    for (;;) held.push(openSync(devNull, 'r'));
  } catch {
    // none is left
  }
  setTimeout(() => held.forEach(closeSync), 300);
  console.log(JSON.stringify(await call()));
}
