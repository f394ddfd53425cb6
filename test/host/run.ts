/**
 * Runs the tests that need a real VS Code (npm run test:host):
 *
 *   inhost/*.test.ts   inside the extension host, with the `vscode` API at hand
 *   ui/*.test.ts       from outside, on the workbench as a person sees it
 *
 * On Linux with a Chromium, VS Code is code-server: from the npm registry, no display needed. Elsewhere it is a desktop
 * VS Code that @vscode/test-electron downloads; it runs the in-host tests only, and that is said.
 *
 * Writes test-results/host.json and ends with `N passed, N failed`.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMocha } from '../runner/runMocha.ts';
import { crashed, totalLine, type SuiteResult } from '../runner/suiteResult.ts';
import { findChromium } from './browser.ts';
import type { InHostRun } from './inHostRun.ts';
import { repoRoot, resultsDir } from './paths.ts';
import { runInCodeServer } from './runInCodeServer.ts';
import { downloadDesktop, runInDesktop } from './runInDesktop.ts';

const say = (line: string) => console.log(line);

/** More than any single test may take: mocha's own limit is ten minutes. */
const idleSeconds = 900;

const inHost: InHostRun = {
  name: 'Inside VS Code',
  extension: repoRoot,
  entry: join(import.meta.dirname, 'inhost/index.ts'),
  eventsFile: join(resultsDir, 'inhost.ndjson'),
  idleSeconds,
  say,
};

async function runHostTests(): Promise<readonly SuiteResult[]> {
  const chromium = process.platform === 'linux' ? findChromium() : undefined;
  if (chromium === undefined) return [await guarded(inHost.name, runDesktop)];
  say(`\n${inHost.name} (code-server, ${chromium})`);
  const inside = await guarded(inHost.name, () => runInCodeServer(inHost, chromium));
  say('\nIn the workbench (code-server)');
  return [inside, await guarded('In the workbench', runUiFlows)];
}

async function runDesktop(): Promise<SuiteResult> {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    throw new Error(
      'Tests in a real VS Code need Chromium (Debian, Ubuntu: apt-get install chromium, or CHROMIUM=/path/to/it), or a ' +
        'display for a desktop VS Code (xvfb-run -a npm test). There is neither.',
    );
  }
  const executable = await downloadDesktop().catch((cause: unknown) => {
    throw new Error(
      'Tests in a real VS Code need Chromium on Linux (Debian, Ubuntu: apt-get install chromium, or ' +
        'CHROMIUM=/path/to/it), or a VS Code to download. There is no Chromium, and the download failed.',
      { cause },
    );
  });
  say(`\n${inHost.name} (desktop)`);
  const result = await runInDesktop(inHost, executable);
  say('\nIn the workbench: NOT RUN. These tests drive code-server with Chromium, on Linux only.');
  return result;
}

function runUiFlows(): Promise<SuiteResult> {
  return runMocha({
    name: 'In the workbench',
    args: [
      ...['--no-config', '--timeout', '900000'],
      // two windows at once: each waits for the other side half of its time
      ...['--parallel', '--jobs', '2'],
      ...['--require', join(import.meta.dirname, 'pictureOfFailure.ts')],
      join(import.meta.dirname, 'ui/*.test.ts'),
    ],
    cwd: repoRoot,
    eventsFile: join(resultsDir, 'ui.ndjson'),
    // a file tells of its tests when all of them have ended
    idleSeconds: 2700,
    say,
  });
}

/** A host that cannot be had or that breaks is a failure of its part; the other part still runs. */
async function guarded(name: string, run: () => Promise<SuiteResult>): Promise<SuiteResult> {
  try {
    return await run();
  } catch (error) {
    console.error(error);
    return crashed(name, String(error));
  }
}

const resultFile = join(resultsDir, 'host.json');
rmSync(resultFile, { force: true });
mkdirSync(resultsDir, { recursive: true });
writeFileSync(inHost.eventsFile, '');
const results = await runHostTests().catch((error: unknown) => {
  console.error(error);
  return [crashed('VS Code', String(error))];
});
writeFileSync(resultFile, `${JSON.stringify(results, null, 2)}\n`);
say(`\n${totalLine(results)}`);
process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0;
