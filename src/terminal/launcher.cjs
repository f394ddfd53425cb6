/* Becomes dist/cli.js, which loads the command line, but for a Node that is too old for it. The dependencies need Node 22.19; a
   checkout has its own Node (the `node` dev dependency), so there the program goes on with that, whatever the machine has.
   Signals are passed on; the child ends when this process does, however it ends (see parent.ts). */
if (
  process.versions.node
    .split('.')
    .map(Number)
    .reduce((a, n, i) => a + n * [1e6, 1e3, 1][i], 0) < 22_019_000
) {
  const { existsSync } = require('node:fs');
  const own = require('node:path').join(
    __dirname,
    '../node_modules/node/bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(own)) {
    process.stderr.write(`Image Inbox needs Node 22.19 or newer; this is ${process.versions.node}.\n`);
    process.exit(2);
  }
  const child = require('node:child_process').spawn(own, [__filename, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, 'SIGKILL') : process.exit(code)));
  return;
}
import('./cli.mjs').catch((error) => {
  process.stderr.write(`Image Inbox can't be loaded; install it again. ${(error && error.stack) || error}\n`);
  process.exitCode = 5;
});
