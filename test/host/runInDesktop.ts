import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followTests, type RunEnd } from '../runner/followTests.ts';
import type { SuiteResult } from '../runner/suiteResult.ts';
import { eventsVariable } from '../runner/testEvent.ts';
import type { InHostRun } from './inHostRun.ts';
import { repoRoot } from './paths.ts';
import { quietSettings } from './quietSettings.ts';

/** The release that code-server's version contains, so that both hosts test the same VS Code. */
const vscodeVersion = '1.139.1';

/** Downloads VS Code into `.vscode-test/`, once. @throws when there is no way to it */
export async function downloadDesktop(): Promise<string> {
  return downloadAndUnzipVSCode({ version: vscodeVersion, cachePath: join(repoRoot, '.vscode-test') });
}

/** Runs the in-host tests in a desktop VS Code, with settings, extensions and a workspace of its own. */
export async function runInDesktop(run: InHostRun, executable: string): Promise<SuiteResult> {
  const tmp = mkdtempSync(join(tmpdir(), 'vsd-'));
  const folder = join(tmp, "It's a 写真 📷 folder");
  const userData = join(tmp, 'data');
  mkdirSync(folder);
  mkdirSync(join(userData, 'User'), { recursive: true });
  writeFileSync(join(userData, 'User/settings.json'), JSON.stringify(quietSettings, null, 2));

  const end = runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: run.extension,
    extensionTestsPath: run.entry,
    extensionTestsEnv: { [eventsVariable]: run.eventsFile },
    launchArgs: [
      folder,
      ...['--user-data-dir', userData, '--extensions-dir', join(tmp, 'extensions')],
      ...['--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
    ],
  }).then((code): RunEnd => ({ ok: code === 0, how: `VS Code ended with ${code}` }));
  try {
    return await followTests({ ...run, end });
  } finally {
    rmSync(tmp, { recursive: true, force: true, maxRetries: 5 });
  }
}
