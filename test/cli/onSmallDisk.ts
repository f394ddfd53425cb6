/**
 * Run in a process that may mount: has a small file system of its own at a folder, does the steps there, and prints what came
 * of each. What is on that file system is seen by no other process, and gone with this one.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { filesBelow, sha256, type Ended } from './commandLine.ts';

/** A size for the file system, as tmpfs takes it, or a command to run. */
export type Step = { readonly size: string } | { readonly command: readonly string[] };

export interface SmallDisk {
  /** absolute path of the folder */
  readonly at: string;
  readonly steps: readonly Step[];
  /** absolute path of the folder to tell of after each command */
  readonly look: string;
}

/** How a command ended, and the files with their SHA-256 afterwards. */
export type StepEnded = Ended & { readonly files: Readonly<Record<string, string>> };

if (import.meta.main) {
  const { at, steps, look } = JSON.parse(process.argv[2] ?? '') as SmallDisk;
  const ended: StepEnded[] = [];
  let isMounted = false;
  for (const step of steps) {
    if ('size' in step) {
      const options = `${isMounted ? 'remount,' : ''}size=${step.size}`;
      const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', at], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      isMounted = true;
      continue;
    }
    const [program = '', ...args] = step.command;
    const { status: code, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
    const files = Object.fromEntries(filesBelow(look).map((file) => [file, sha256(join(look, file))]));
    ended.push({ code, stdout, stderr, files });
  }
  process.stdout.write(JSON.stringify(ended));
}
