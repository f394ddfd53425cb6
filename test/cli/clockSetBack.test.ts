import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sampleInbox } from '../services/samplePosts.ts';
import { contents, filesBelow, sha256, Workspace } from './commandLine.ts';

const CLOCK = pathToFileURL(join(import.meta.dirname, 'shiftedClock.ts')).href;
const DAY = 24 * 3_600_000;

/** The environment of a process whose clock is so many days wrong. */
const days = (count: number): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import=${CLOCK}`,
  CLOCK_SHIFT_MS: String(count * DAY),
});

describe('a clock that was set back', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create({
      samples: false,
      settings: { 'imageInbox.stages.analyze': false, 'imageInbox.search.providers': ['danbooru-md5'] },
    });
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  const arrive = (sample: string, name: string): string => {
    copyFileSync(join(sampleInbox, sample), join(workspace.inbox, name));
    return sha256(join(workspace.inbox, name));
  };
  const process = async (env: NodeJS.ProcessEnv): Promise<void> => {
    const { code, stderr } = await workspace.run(['process', '--approve', 'all'], env);
    assert.equal(code, 0, stderr);
  };
  const status = async (env: NodeJS.ProcessEnv): Promise<Record<string, unknown>> =>
    JSON.parse((await workspace.run(['status', '--json'], env)).stdout) as Record<string, unknown>;

  it('makes no earlier run the last one: status, undo and the names of the manifests go by their order', async () => {
    const first = arrive('camera/coffee break.jpeg', 'first.jpeg');
    await process({});
    const second = arrive('camera/IMG_2041.jpg', 'second.jpg');
    await process(days(-400));

    const { runId } = workspace.manifest();
    assert.deepEqual([...contents(workspace.sorted).keys()].sort(), [first, second].sort());
    assert.deepEqual(
      workspace.manifest().images.map(({ sha256 }) => sha256),
      [second],
    );
    assert.equal((await status(days(-400)))['runId'], runId);
    assert.equal((await status({}))['runId'], runId);

    const undone = await workspace.run(['undo'], days(-400));
    assert.equal(undone.code, 0, undone.stderr);
    assert.deepEqual([...contents(workspace.sorted).keys()], [first]);
    assert.deepEqual([...contents(workspace.inbox).keys()], [second]);
  });

  it('leads a run that was interrupted before to its end all the same, and an undo of all of it', async () => {
    const first = arrive('camera/coffee break.jpeg', 'first.jpeg');
    const second = arrive('camera/IMG_2041.jpg', 'second.jpg');
    workspace.services.danbooru.setFaults([{ fault: { kind: 'hang' } }]);
    const { child, ended } = workspace.start(['process', '--approve', 'all']);
    while (workspace.services.danbooru.requests.length === 0) await new Promise((done) => setTimeout(done, 20));
    child.kill('SIGINT');
    assert.equal((await ended).code, 3);
    const cut = workspace.manifest();
    workspace.services.danbooru.setFaults([]);
    const { code, stderr } = await workspace.run(['resume'], days(-2));
    assert.equal(code, 0, stderr);
    assert.equal(workspace.manifest().runId, cut.runId);
    assert.equal(workspace.manifest().outcome, 'completed');
    assert.deepEqual([...contents(workspace.sorted).keys()].sort(), [first, second].sort());

    assert.equal((await workspace.run(['undo'], days(-2))).code, 0);
    assert.deepEqual([...contents(workspace.inbox).keys()].sort(), [first, second].sort());
    assert.deepEqual(
      filesBelow(workspace.sorted).filter((file) => !/^(manifest|errors)_/.test(file)),
      [],
    );
  });

  it('was once ahead: what is done by the right one comes after it', async () => {
    arrive('camera/coffee break.jpeg', 'first.jpeg');
    await process(days(3650));
    const second = arrive('camera/IMG_2041.jpg', 'second.jpg');
    await process({});
    assert.deepEqual(
      workspace.manifest().images.map(({ sha256 }) => sha256),
      [second],
    );
    const names = readdirSync(workspace.sorted).filter((name) => name.startsWith('manifest_'));
    assert.equal(names.length, 2);
  });
});
