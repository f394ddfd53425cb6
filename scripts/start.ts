/**
 * npm start                     the demonstration: a small workspace from the sample images, stand-ins for the services, all seven
 *                               stages, and a look at the result
 * npm start -- FOLDER [options] the same pipeline over a folder of yours, with the real services (`--offline`: none)
 */
import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { demonstrate } from './demo/demonstrate.ts';

const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);

for (const script of ['scripts/models/build.ts', 'esbuild.js']) {
  const built = spawnSync(process.execPath, [resolve(root, script)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (built.status !== 0) process.exit(built.status ?? 1);
}

if (args.length === 0) {
  await demonstrate(root);
} else {
  // npm runs scripts in the project's folder; what the user typed is relative to where they are
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  const child = spawn(process.execPath, [resolve(root, 'dist/cli.js'), 'process', ...args], { cwd, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 3;
  });
}
