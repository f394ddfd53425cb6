import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeLockProbe } from '../../../src/adapters/files/nodeLockProbe.ts';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('A look at the lock', () => {
  it('tells who holds it, and takes nothing', async () => {
    await using folder = await temporaryFolder();
    const working = join(folder.path, '.image-inbox');
    const probe = new NodeLockProbe(working);
    assert.deepEqual(await probe.look(), { kind: 'free' });
    const lock = await new NodeRunLocks(working).acquire('process');
    const content = await readFile(join(working, 'lock'), 'utf8');
    const facts = await probe.look();
    assert.ok(facts.kind === 'held');
    assert.deepEqual([facts.pid, facts.command], [process.pid, 'process']);
    assert.equal(await readFile(join(working, 'lock'), 'utf8'), content);
    await lock.release();
    assert.deepEqual(await probe.look(), { kind: 'free' });
  });

  it('tells one that a killed run left from one of another computer', async () => {
    await using folder = await temporaryFolder();
    const working = join(folder.path, '.image-inbox');
    const lock = await new NodeRunLocks(working).acquire('process');
    const owner = JSON.parse(await readFile(join(working, 'lock'), 'utf8')) as Record<string, unknown>;
    await lock.release();
    const ended = spawnSync('true').pid;
    const looked = async (changes: object) => {
      await mkdir(working, { recursive: true });
      await writeFile(join(working, 'lock'), JSON.stringify({ ...owner, ...changes }));
      return (await new NodeLockProbe(working).look()).kind;
    };
    assert.equal(await looked({ pid: ended }), 'left-behind');
    assert.equal(await looked({ host: 'nas-in-the-cellar' }), 'held-elsewhere');
    await writeFile(join(working, 'lock'), '');
    assert.deepEqual(await new NodeLockProbe(working).look(), { kind: 'left-behind' });
  });
});
