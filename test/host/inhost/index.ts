import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EventReporter } from '../../runner/eventReporter.ts';

/**
 * The entry that VS Code loads into its extension host, the same for code-server and for a desktop VS Code: runs the
 * `*.test.ts` beside it. VS Code loads it as an ES module because the package is one; Node strips the types.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 600_000, forbidOnly: true, reporter: EventReporter });
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.ts'));
  for (const file of files.sort()) mocha.addFile(join(import.meta.dirname, file));
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}
