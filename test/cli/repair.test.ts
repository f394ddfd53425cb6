import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleInbox } from '../services/samplePosts.ts';
import { contents, Workspace } from './commandLine.ts';

describe('image-inbox doctor --repair', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create({ samples: false, settings: { 'imageInbox.stages.analyze': false } });
    copyFileSync(join(sampleInbox, 'camera/IMG_2041.jpg'), join(workspace.inbox, 'cat 夏.jpg'));
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  const journals = (): string => join(workspace.dir, '.image-inbox/journal');
  const live = (): string => join(journals(), readdirSync(journals()).sort().at(-1) ?? '');

  it('puts a flipped byte right, of which the run has said where it is, and loses nothing', async () => {
    const before = contents(workspace.inbox);
    await workspace.run(['process', '--offline', '--to', 'xmp']);
    const good = readFileSync(live());
    const damaged = live();
    const bad = Buffer.from(good);
    const at = Math.floor(bad.length / 2);
    bad[at] = (bad[at] ?? 0) ^ 0xff;
    writeFileSync(damaged, bad);

    const stopped = await workspace.run(['process', '--offline']);
    assert.equal(stopped.code, 5);
    assert.match(stopped.stderr, /damaged at line \d+ \(byte \d+\).*image-inbox doctor --repair/s);
    assert.deepEqual(readFileSync(damaged), bad);

    const { stdout, code } = await workspace.run(['doctor', '--offline', '--repair']);
    assert.equal(code, 0);
    assert.match(stdout, /^Repair\n {2}✓ The journal .*000001\.ndjson was damaged\. .*000002\.ndjson/);
    assert.match(stdout, /^ {6}Line \d+ had a wrong byte, and was put right by its checksum\.$/m);
    assert.match(stdout, /^ {6}Kept: .*000001\.ndjson$/m);
    assert.deepEqual(readFileSync(damaged), bad);
    assert.deepEqual(readFileSync(live()), good, 'byte for byte what it was');

    assert.equal((await workspace.run(['process', '--offline', '--reprocess'])).code, 0);
    assert.deepEqual(contents(workspace.inbox, workspace.sorted), before);
    assert.equal(contents(workspace.inbox).size, 0);
  });

  it('begins nothing in a workspace without a run, and waits for a run that is on', async () => {
    assert.equal((await workspace.run(['doctor', '--offline', '--repair', '--quiet'])).code, 0);
    assert.equal(existsSync(join(workspace.dir, '.image-inbox')), false);
    workspace.services.danbooru.setFaults([{ fault: { kind: 'hang' } }]);
    const { child, ended } = workspace.start(['process']);
    while (workspace.services.danbooru.requests.length === 0) {
      assert.equal(child.exitCode, null);
      await new Promise((r) => setTimeout(r, 50));
    }
    const refused = await workspace.run(['doctor', '--offline', '--repair']);
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /Another run .*process/);
    child.kill('SIGKILL');
    await ended;
  });

  it('first wants settings that can be read: they say where the journal is', async () => {
    writeFileSync(join(workspace.dir, '.vscode/settings.json'), '{ "imageInbox.');
    const { code, stderr } = await workspace.run(['doctor', '--repair']);
    assert.equal(code, 2);
    assert.match(stderr, /settings\.json is not JSON/);
    // else those of the default folders would be called sound
    workspace.set({ 'imageInbox.directories.working': 7 });
    const wrong = await workspace.run(['doctor', '--repair', '--offline']);
    assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /imageInbox\.directories\.working is 7, but must be a text/);
  });
});
