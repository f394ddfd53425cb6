import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readPipe } from '../adapters/support/readPipe.ts';
import type { Moment } from '../crash/moment.ts';
import { sampleInbox } from '../services/samplePosts.ts';
import { assertAddsUp, contents, filesBelow, sha256, Workspace, type Manifest } from './commandLine.ts';

const MORTAL = resolve(import.meta.dirname, '../crash/mortal.ts');

/** Every original once, each sorted one with its sidecar, the NAS equal, nothing temporary left. */
function assertWhole(workspace: Workspace, before: Map<string, number>): void {
  assert.deepEqual(contents(workspace.inbox, workspace.sorted), before);
  const sorted = filesBelow(workspace.sorted).filter((f) => !/^(manifest|errors)_/.test(f));
  for (const file of sorted.filter((f) => !f.endsWith('.xmp'))) assert.ok(sorted.includes(`${file}.xmp`), file);
  assert.deepEqual(filesBelow(workspace.nas), sorted);
  for (const file of sorted) assert.equal(sha256(join(workspace.nas, file)), sha256(join(workspace.sorted, file)));
  for (const dir of [workspace.inbox, workspace.sorted, workspace.nas]) {
    assert.deepEqual(
      readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((f) => /\.image-inbox-|\.tmp$/.test(f)),
      [],
    );
  }
}

/** For the message when the numbers are off. */
const unprocessed = ({ images }: Manifest): string =>
  JSON.stringify(
    images.filter((i) => i.stages['sync']?.status !== 'done').map(({ source, stages }) => ({ source, stages })),
    null,
    1,
  );

const journalText = (workspace: Workspace): string => {
  const folder = join(workspace.dir, '.image-inbox/journal');
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((f) => f.endsWith('.ndjson'))
        .sort()
        .map((f) => readFileSync(join(folder, f), 'utf8'))
        .join('')
    : '';
};

/** Kills the run as soon as its journal holds so many lines of that kind. */
async function killAt(workspace: Workspace, args: readonly string[], kind: string, count: number): Promise<boolean> {
  const { child, ended } = workspace.start(args);
  const timer = setInterval(() => {
    if (journalText(workspace).split(`"kind":"${kind}"`).length - 1 >= count) child.kill('SIGKILL');
  }, 3);
  const { code } = await ended;
  clearInterval(timer);
  return code === null;
}

describe('a run that is cut off', () => {
  let workspace: Workspace;
  let before: Map<string, number>;
  beforeEach(async () => {
    workspace = await Workspace.create();
    before = contents(workspace.inbox);
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  for (const [kind, count] of [
    ['image-found', 1],
    ['stage-ended', 4],
    ['answered', 3],
    ['intended', 1],
    ['intended', 4],
    ['operated', 2],
    ['image-settled', 5],
  ] as const) {
    it(`by SIGKILL at ${kind} ${count} goes on where it was: none lost, none twice`, async () => {
      const killed = await killAt(workspace, ['process', '--approve', 'all'], kind, count);
      assert.ok(killed, 'the run was over before it could be killed');
      const { code, stderr } = await workspace.run(['resume']);
      assert.equal(code, 1, stderr);
      const manifest = workspace.manifest();
      assertAddsUp(manifest);
      assert.equal(manifest.statistics['total'], 14);
      assert.equal(manifest.statistics['processed'], 12, unprocessed(manifest));
      assertWhole(workspace, before);
    });
  }

  it('by SIGKILL when all was brought, before that was cleared up, leaves nothing on the NAS', async () => {
    await using one = await Workspace.create({ samples: false });
    copyFileSync(join(sampleInbox, 'blink.gif'), join(one.inbox, 'blink.gif'));
    const original = contents(one.inbox);
    const moment: Moment = { kind: 'event', event: 'image-settled', nth: 1, where: 'after' };
    const env = { NODE_OPTIONS: `--import=${MORTAL}`, MOMENT: JSON.stringify(moment) };
    const killed = await one.run(['process', '--approve', 'all'], env);
    assert.equal(killed.code, null, killed.stderr);
    const left = (): readonly string[] => readdirSync(one.nas).filter((name) => name.startsWith('.image-inbox-'));
    assert.equal(left().length, 1, 'the folder in which copies come to be');
    await one.run(['resume']);
    assert.deepEqual(left(), []);
    assertWhole(one, original);
  });

  it('by SIGKILL again and again ends well', async () => {
    let kills = 0;
    for (const at of [3, 9, 20, 33, 50, 70]) {
      const { child, ended } = workspace.start([kills === 0 ? 'process' : 'resume', '--approve', 'all']);
      const timer = setInterval(() => {
        if (journalText(workspace).split('\n').length > at) child.kill('SIGKILL');
      }, 3);
      if ((await ended).code === null) kills++;
      clearInterval(timer);
    }
    assert.ok(kills >= 3, `killed ${kills} times`);
    await workspace.run(['resume']);
    const manifest = workspace.manifest();
    assertAddsUp(manifest);
    assert.equal(manifest.statistics['total'], 14);
    assertWhole(workspace, before);
  });

  it('by Ctrl-C says so, writes its manifest, and is gone on with by process as well', async () => {
    workspace.services.iqdb.setFaults([{ fault: { kind: 'hang' } }]);
    const { child, ended } = workspace.start(['process', '--approve', 'all']);
    while (workspace.services.iqdb.requests.length === 0) await new Promise((r) => setTimeout(r, 20));
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    assert.equal(code, 3);
    assert.match(stdout, /image-inbox resume/);
    const cut: Manifest = workspace.manifest();
    assert.equal(cut.outcome, 'interrupted');
    assertAddsUp(cut);
    workspace.services.iqdb.setFaults([]);
    await workspace.run(['process', '--approve', 'all']);
    const whole = workspace.manifest();
    assert.equal(whole.runId, cut.runId);
    assert.equal(whole.outcome, 'completed');
    assert.equal(whole.statistics['total'], 14);
    assertAddsUp(whole);
    assertWhole(workspace, before);
  });

  it('by Ctrl-C does not wait for a file that gives no answer, once all is written down', async () => {
    const silent = join(workspace.dir, 'silent');
    execFileSync('mkfifo', [silent]);
    const asks = `import { readFile } from 'node:fs'; readFile(${JSON.stringify(silent)}, () => undefined);`;
    workspace.services.iqdb.setFaults([{ fault: { kind: 'hang' } }]);
    const { child, ended } = workspace.start(['process', '--approve', 'all'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(asks)}`,
    });
    using _pipe = await readPipe(silent);
    while (workspace.services.iqdb.requests.length === 0) await new Promise((r) => setTimeout(r, 20));
    child.kill('SIGINT');
    const { code } = await ended;
    assert.equal(code, 3);
    assert.equal(workspace.manifest().outcome, 'interrupted');
  });

  it('by Ctrl-C twice is gone at once, also where a file gives no answer, and still goes on where it was', async () => {
    // a read that never ends, as on a NAS that has gone silent: the first waits for it
    const silent = join(workspace.dir, '.image-inbox/limits.json');
    mkdirSync(dirname(silent));
    execFileSync('mkfifo', [silent]);
    const { child, ended } = workspace.start(['process', '--approve', 'all']);
    let said = '';
    child.stderr?.on('data', (text: string) => (said += text));
    const pipe = await readPipe(silent);
    child.kill('SIGINT');
    while (!said.includes('Stopping.')) await new Promise((r) => setTimeout(r, 20));
    // signals that come together are one: a terminal sends Ctrl-C to every process of its group
    await new Promise((r) => setTimeout(r, 400));
    assert.equal(child.exitCode, null, 'it has not waited');
    child.kill('SIGINT');
    // and of a program between it and the terminal that passes the signal on
    const passedOn = setInterval(() => child.kill('SIGINT'), 1);
    setTimeout(() => clearInterval(passedOn), 20);
    const { code } = await ended;
    assert.equal(code, 3);
    pipe[Symbol.dispose]();
    rmSync(silent);
    await workspace.run(['resume', '--approve', 'all']);
    const manifest = workspace.manifest();
    assert.equal(manifest.outcome, 'completed');
    assert.equal(manifest.statistics['total'], 14);
    assertAddsUp(manifest);
    assertWhole(workspace, before);
  });

  it('by signals in quick succession, of which one may meet its very end, has the exit code of an interrupted run', async () => {
    workspace.services.saucenao.setFaults([{ fault: { kind: 'hang' } }]);
    const { child, ended } = workspace.start(['process', '--approve', 'all']);
    while (workspace.services.saucenao.requests.length === 0) await new Promise((r) => setTimeout(r, 20));
    const signals = setInterval(() => child.kill('SIGINT'), 1);
    // they are one Ctrl-C as long as they come within 300 ms
    setTimeout(() => clearInterval(signals), 250);
    const { code, stderr } = await ended;
    assert.equal(code, 3, stderr);
  });
});
