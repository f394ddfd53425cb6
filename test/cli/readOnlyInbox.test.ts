import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mountNamespace } from '../adapters/support/underOtherConditions.ts';
import { contents, filesBelow, KEY, ROOT, sha256, Workspace } from './commandLine.ts';

/** `image-inbox` where the inbox is mounted read-only, for it alone. */
async function runWithReadOnlyInbox({ inbox, dir }: Workspace, ...args: readonly string[]): Promise<string> {
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
  const call = [process.execPath, join(ROOT, 'dist/cli.js'), ...args, '--workspace', dir];
  const options = { env: { ...process.env, SAUCENAO_API_KEY: KEY } };
  return promisify(execFile)('unshare', [...(mountNamespace ?? []), 'sh', '-c', script, inbox, ...call], options).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { readonly stdout: string }).stdout,
  );
}

describe('an inbox that can only be read', () => {
  it('gives away copies, with their sidecars and a note, and an undo takes them away again', async () => {
    assert.ok(mountNamespace, 'this test needs a mount of its own');
    await using workspace = await Workspace.create({ settings: { 'imageInbox.search.providers': ['danbooru-md5'] } });
    const before = contents(workspace.inbox);
    const names = filesBelow(workspace.inbox);
    await runWithReadOnlyInbox(workspace, 'process', '--approve', 'all');
    assert.deepEqual(filesBelow(workspace.inbox), names);
    assert.deepEqual(contents(workspace.inbox), before);
    const sorted = workspace.manifest().images.filter(({ destination }) => destination !== undefined);
    assert.ok(sorted.length > 5);
    for (const { destination = '', sidecar = '', sha256: hash, stages } of sorted) {
      assert.equal(sha256(destination), hash);
      assert.equal(sidecar, `${destination}.xmp`);
      assert.match(readFileSync(sidecar, 'utf8'), /Image Inbox/);
      assert.equal(stages['xmp']?.status, 'skipped');
      assert.match(String(stages['categorize']?.['note']), /copied, not moved/);
    }
    const { code, stdout } = await workspace.run(['undo']);
    assert.equal(code, 0, stdout);
    assert.deepEqual(filesBelow(workspace.sorted).filter((name) => !/^(manifest|errors)_/.test(name)), []); // prettier-ignore
    assert.deepEqual(contents(workspace.inbox), before);
    assert.ok(sorted.every(({ sidecar }) => !existsSync(sidecar ?? '')));
  });
});
