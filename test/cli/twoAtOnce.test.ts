import assert from 'node:assert/strict';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contents, filesBelow, Workspace } from './commandLine.ts';

describe('two at once', () => {
  let workspace: Workspace;
  beforeEach(async () => (workspace = await Workspace.create()));
  afterEach(() => workspace[Symbol.asyncDispose]());

  /** A run that is held up by a service that does not answer. */
  async function underWay(): Promise<{ end(): Promise<void> }> {
    workspace.services.danbooru.setFaults([{ fault: { kind: 'hang' } }]);
    const { child, ended } = workspace.start(['process', '--approve', 'all']);
    while (workspace.services.danbooru.requests.length === 0) await new Promise((done) => setTimeout(done, 20));
    return {
      end: async () => {
        child.kill('SIGKILL');
        await ended;
        workspace.services.danbooru.setFaults([]);
      },
    };
  }

  it('of one workspace: the second one says who is at work, touches nothing, and ends with 4', async () => {
    const before = contents(workspace.inbox, workspace.sorted);
    const first = await underWay();
    try {
      const link = `${workspace.dir} by another way`;
      symlinkSync(workspace.dir, link);
      for (const args of [['process'], ['resume'], ['sync']]) {
        const { code, stderr } = await workspace.run(args);
        assert.equal(code, 4, `${args.join(' ')}: ${stderr}`);
        assert.match(stderr, /Another run \(process, process \d+\)/);
      }
      // the same folders by another path
      const { code, stderr } = await workspace.run(['process', '--working', join(link, '.image-inbox')]);
      assert.equal(code, 4, stderr);
      assert.deepEqual(contents(workspace.inbox, workspace.sorted), before);
    } finally {
      await first.end();
    }
  });

  it('what a dead one has left keeps nobody out', async () => {
    const before = contents(workspace.inbox);
    const first = await underWay();
    await first.end();
    assert.ok(existsSync(join(workspace.dir, '.image-inbox/lock')));
    const { code, stderr } = await workspace.run(['process', '--approve', 'all']);
    assert.equal(code, 1, stderr); // of the samples, two are no pictures
    assert.deepEqual(contents(workspace.inbox, workspace.sorted), before);
  });

  it('the same inbox by a link, while its images wait for a person: each is sorted once', async () => {
    const before = contents(workspace.inbox);
    const alias = `${workspace.dir} by another way`;
    symlinkSync(workspace.dir, alias);
    try {
      const args = ['--skip', 'analyze'];
      for (const inbox of [workspace.inbox, join(alias, 'Inbox')]) {
        const { code, stderr } = await workspace.run(['process', inbox, '--approve', 'none', ...args]);
        assert.equal(code, 1, stderr);
      }
      const { code, stderr } = await workspace.run(['process', '--approve', 'all', ...args]);
      assert.equal(code, 1, stderr); // of the samples, two are no pictures
      assert.deepEqual(contents(workspace.inbox, workspace.sorted), before);
      const images = filesBelow(workspace.sorted).filter((file) => !/\.xmp$|^(manifest|errors)_/.test(file));
      assert.equal(images.length, 12);
      for (const image of images) assert.ok(existsSync(join(workspace.sorted, `${image}.xmp`)), image);
    } finally {
      rmSync(alias);
    }
  });

  it('the sorted folder by a link is no inbox: nothing in it is a duplicate of itself', async () => {
    await workspace.run(['process', '--approve', 'all', '--skip', 'analyze']);
    const sorted = filesBelow(workspace.sorted).filter((file) => !/^(manifest|errors)_/.test(file));
    const [image = ''] = sorted;
    const alias = `${workspace.dir} by another way`;
    symlinkSync(workspace.dir, alias);
    try {
      for (const inbox of ['Sorted', join('Sorted', dirname(image))]) {
        const args = ['--reprocess', '--offline', '--set', 'workflow.duplicates=trash'];
        const { code, stderr } = await workspace.run(['process', join(alias, inbox), ...args]);
        assert.equal(code, 5, stderr);
        assert.match(stderr, /leads into the sorted folder/);
      }
      assert.deepEqual(
        filesBelow(workspace.sorted).filter((file) => !/^(manifest|errors)_/.test(file)),
        sorted,
      );
    } finally {
      rmSync(alias);
    }
  });

  it('of two workspaces with one inbox: every image is sorted once or stays, and none is lost', async () => {
    const before = contents(workspace.inbox);
    await using other = await Workspace.create({ samples: false });
    const args = ['process', workspace.inbox, '--approve', 'all', '--skip', 'analyze', '--offline'];
    const ends = await Promise.all([workspace.run(args), other.run(args)]);
    for (const { code, stderr } of ends) assert.ok(code === 0 || code === 1, stderr);
    const after = contents(workspace.inbox, workspace.sorted, other.sorted);
    for (const hash of before.keys()) assert.ok((after.get(hash) ?? 0) >= 1, 'an image is lost');
    for (const hash of after.keys()) assert.ok(before.has(hash), 'there is a file of other bytes than an original');
  });
});
