import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { followTests, type RunEnd } from './followTests.ts';
import { onProcessEnd } from './onProcessEnd.ts';
import type { SuiteResult } from './suiteResult.ts';
import { eventsVariable } from './testEvent.ts';

const mocha = join(dirname(fileURLToPath(import.meta.resolve('mocha'))), 'bin/mocha.js');
const reporter = join(import.meta.dirname, 'eventReporter.ts');

export interface MochaRun {
  readonly name: string;
  /** Mocha's command line: files, globs, options. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly eventsFile: string;
  readonly idleSeconds: number;
  readonly say: (line: string) => void;
}

/** Runs mocha in a process of its own, so that whatever a test does to its process, the run is still judged. */
export async function runMocha({ args, cwd, ...run }: MochaRun): Promise<SuiteResult> {
  mkdirSync(dirname(run.eventsFile), { recursive: true });
  writeFileSync(run.eventsFile, '');
  const child = spawn(process.execPath, [mocha, '--forbid-only', '--reporter', reporter, ...args], {
    cwd,
    env: { ...process.env, [eventsVariable]: run.eventsFile },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const callOff = onProcessEnd(() => child.kill());
  const exit = once(child, 'exit').then(([code, signal]): RunEnd => {
    return { ok: code === 0, how: signal === null ? `exit code ${String(code)}` : `ended by ${String(signal)}` };
  });
  try {
    return await followTests({ ...run, end: exit });
  } finally {
    // Only a run that was given up still has a process; SIGTERM lets its own clean-up (servers, browsers) happen.
    if (child.exitCode === null && child.signalCode === null) {
      child.kill();
      const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exit.finally(() => clearTimeout(kill));
    }
    callOff();
  }
}
