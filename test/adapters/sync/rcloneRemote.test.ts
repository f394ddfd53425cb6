import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RcloneRemote } from '../../../src/adapters/sync/rcloneRemote.ts';
import { NasUnreachable } from '../../../src/core/sync/syncEngine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('RcloneRemote', () => {
  it('says so when the configuration is encrypted and nobody gives its password, instead of waiting for it', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'rclone.conf');
    const encrypted = Buffer.alloc(96, 'any bytes').toString('base64');
    await writeFile(config, `# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n${encrypted}\n`);
    const remote = new RcloneRemote({ options: ['--config', config], remote: 'nas:Pictures' });
    await assert.rejects(remote.info(new AbortController().signal), (error) => {
      assert.ok(error instanceof NasUnreachable);
      assert.match(error.message, /password/);
      return true;
    });
    await remote.close();
  });
});
