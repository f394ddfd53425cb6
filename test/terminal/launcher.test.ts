import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../adapters/support/temporaryFolder.ts';

const CLI = resolve(import.meta.dirname, '../../dist/cli.js');

describe('The command line without a part of itself', () => {
  it('says that it is to be installed again, with the exit code of nothing done', async () => {
    await using folder = await temporaryFolder();
    const alone = join(folder.path, 'cli.js');
    copyFileSync(CLI, alone);
    const { status, stderr } = spawnSync(process.execPath, [alone, 'status'], { encoding: 'utf8' });
    assert.equal(status, 5, stderr);
    assert.match(stderr, /^Image Inbox can't be loaded; install it again\. .*cli\.mjs/);
  });
});
