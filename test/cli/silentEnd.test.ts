import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPipe } from '../adapters/support/readPipe.ts';
import { Workspace } from './commandLine.ts';

describe('The end of the command line', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create({ samples: false });
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  for (const [what, args, expected] of [
    ['a run', ['process', '--approve', 'all'], 0],
    ['a sync', ['sync'], 0],
    ['a sync whose NAS is not there', ['sync', '--nas', 'not-there'], 5],
    ['a question', ['status'], 0],
    ['a mistake', ['process', '--no-such-option'], 2],
  ] as const) {
    it(`does not wait for a file that gives no answer, with the exit code that it has anyway: of ${what}`, async () => {
      mkdirSync(workspace.sorted);
      writeFileSync(join(workspace.sorted, 'a.jpg'), 'an image');
      // a read that never ends, as on a NAS that has gone silent
      const silent = join(workspace.dir, 'silent');
      execFileSync('mkfifo', [silent]);
      const asks = `import { readFile } from 'node:fs'; readFile(${JSON.stringify(silent)}, () => undefined);`;
      const { ended } = workspace.start(args, {
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(asks)}`,
      });
      using _pipe = await readPipe(silent);
      const { code, stderr } = await ended;
      assert.equal(code, expected, stderr);
    });
  }

  it('waits for whoever reads slowly what it said', async () => {
    const names = Array.from({ length: 4000 }, (_, i) => `${'a'.repeat(200)} ${String(i).padStart(4, '0')}.jpg`);
    mkdirSync(workspace.sorted);
    for (const name of names) writeFileSync(join(workspace.sorted, name), 'an image');
    const { child, ended } = workspace.start(['sync', '--dry-run']);
    // more than a pipe holds, and longer than it waits for a disk
    child.stdout?.pause();
    await new Promise((r) => setTimeout(r, 8000));
    child.stdout?.resume();
    const { code, stdout } = await ended;
    assert.equal(code, 0);
    for (const name of names) assert.ok(stdout.includes(`copied  ${name}\n`), name);
    assert.match(stdout, /4000 copied/);
  });
});
