/** All tests (npm test): mocha's, then those in a real VS Code. Its last line is the sum of both: `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { switchTelemetryOff } from '../src/adapters/onnx/telemetry.ts';
import { findChromium } from '../test/host/browser.ts';
import { installHost } from '../test/host/installHost.ts';
import { onProcessEnd } from '../test/runner/onProcessEnd.ts';
import { runMocha } from '../test/runner/runMocha.ts';
import { crashed, totalLine, type SuiteResult } from '../test/runner/suiteResult.ts';

const root = resolve(import.meta.dirname, '..');
const say = (line: string) => console.log(line);

async function runUnitTests(): Promise<SuiteResult> {
  say('\nUnits and parts together (mocha)');
  return runMocha({
    name: 'Units and parts together',
    // less what .mocharc.json ignores: test/host. One more than processors, since many wait for programs that they have started
    args: ['--parallel', '--jobs', String(Math.min(availableParallelism(), 7) + 1), 'test/**/*.test.ts'],
    cwd: root,
    eventsFile: join(root, 'test-results/unit.ndjson'),
    // a file tells of its tests when all of them have ended
    idleSeconds: 2700,
    say,
  });
}

/** A process of its own: it holds servers and browsers, and whatever becomes of them, the sum below is printed. */
async function runHostTests(): Promise<readonly SuiteResult[]> {
  const resultFile = join(root, 'test-results/host.json');
  rmSync(resultFile, { force: true });
  const child = spawn(process.execPath, [join(root, 'test/host/run.ts')], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const callOff = onProcessEnd(() => child.kill());
  await once(child, 'exit');
  callOff();
  try {
    return JSON.parse(readFileSync(resultFile, 'utf8')) as readonly SuiteResult[];
  } catch {
    const problem = `The tests in VS Code left no results (${child.exitCode ?? child.signalCode ?? 'no exit code'}).`;
    say(problem);
    return [crashed('VS Code', problem)];
  }
}

// some tests have models run in a process of ours
switchTelemetryOff();
const isHostWanted = process.platform === 'linux' && findChromium() !== undefined;
// of what hinders it the tests in VS Code tell, which try it again
const hostInstalled = isHostWanted ? installHost(() => undefined).catch(() => undefined) : undefined;
const units = await runUnitTests();
await hostInstalled;
const results = [units, ...(await runHostTests())];
say('');
for (const { name, passed, failed, skipped } of results) {
  say(`  ${name}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}
say(totalLine(results));
process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0;
