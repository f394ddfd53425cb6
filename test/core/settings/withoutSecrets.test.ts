import assert from 'node:assert/strict';
import { resolveSettings } from '../../../src/core/settings/resolveSettings.ts';
import { withoutSecrets } from '../../../src/core/settings/withoutSecrets.ts';

const FOLDERS = { inbox: '/in', sorted: '/sorted', working: '/working' };

describe('Settings that are written down for others', () => {
  const optionsOf = (...options: string[]) =>
    withoutSecrets(resolveSettings({ 'sync.options': options }), FOLDERS).settings['sync.options'];

  it('name the arguments of the sync program, and none of their values', () => {
    assert.deepEqual(optionsOf('--sftp-pass=SECRET', '--checksum', '-z'), ['--sftp-pass=***', '--checksum', '-z']);
    // base64 of its own kind: a value may begin like an option
    assert.deepEqual(optionsOf('--sftp-pass', '-SECRET_a', 'SECRET'), ['--sftp-pass', '***', '***']);
    assert.deepEqual(optionsOf('-esshpass -p SECRET ssh', '-e', 'sshpass -p SECRET ssh'), ['***', '-e', '***']);
  });

  it('are else as they are', () => {
    const settings = resolveSettings({ 'directories.nas': '/mnt/nas', 'immich.address': 'http://nas:2283' });
    const folders = { ...FOLDERS, nas: '/mnt/nas' };
    assert.deepEqual(withoutSecrets(settings, folders), { settings, folders });
    assert.deepEqual(withoutSecrets(settings, FOLDERS).folders, FOLDERS);
  });
});
