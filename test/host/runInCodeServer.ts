import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { followTests, type RunEnd } from '../runner/followTests.ts';
import type { SuiteResult } from '../runner/suiteResult.ts';
import { eventsVariable } from '../runner/testEvent.ts';
import { launchBrowser } from './browser.ts';
import { CodeServer } from './codeServer.ts';
import type { InHostRun } from './inHostRun.ts';
import { resultsDir } from './paths.ts';

/** Runs the in-host tests in the extension host of code-server, which lives as long as a page of the workbench is open. */
export async function runInCodeServer(run: InHostRun, chromium: string): Promise<SuiteResult> {
  await using server = await CodeServer.start({
    name: 'inhost',
    testDriver: true,
    env: { [eventsVariable]: run.eventsFile },
  });
  await using browser = await launchBrowser(chromium);
  const page = await browser.newPage();
  page.setDefaultNavigationTimeout(120_000); // the first page takes long on a machine that is busy
  const log: string[] = [];

  const over = Promise.withResolvers<RunEnd>();
  page.on('crash', () => over.reject(new Error('the browser page crashed')));
  // The workbench calls these two if the page has them: with its log (the extension host's console is in it), and at the
  // end of the tests. The code is 0 as well when the extension host dies in the middle.
  await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
    log.push(`${type}: ${args.join(' ')}`);
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => {
    over.resolve({ ok: code === 0, how: `the extension host ended with ${code}` });
  });

  await page.goto(server.testUrl(run.extension, run.entry));
  const result = await followTests({ ...run, end: over.promise });

  if (result.problem !== undefined) {
    const logs = join(resultsDir, 'logs');
    mkdirSync(logs, { recursive: true });
    await page.screenshot({ path: join(logs, 'inhost.png') }).catch(() => undefined);
    writeFileSync(join(logs, 'inhost-workbench.log'), `${log.join('\n')}\n`);
    for (const line of clues([...log, ...server.log().split('\n')])) run.say(`  ${line}`);
    run.say(`  Logs and a screenshot are in ${logs}`);
  }
  return result;
}

/** What VS Code has said about a run that broke: a test file that cannot be loaded is only told there. */
function clues(logs: readonly string[]): readonly string[] {
  const ofTheWorkbench = /\(?http:\/\/127\.0\.0\.1|node:internal|\.vscode-host|at .*<anonymous>\)$/;
  const usual = /^error: (Canceled|Timed out waiting for authentication provider)/;
  return logs
    .filter((entry) => !usual.test(entry) && /^error:|Extension Host Process exited/m.test(entry))
    .flatMap((entry) => entry.split('\n'))
    .filter((line) => line.trim() !== '' && !ofTheWorkbench.test(line));
}
