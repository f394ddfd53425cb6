import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { foldersOf } from '../../../src/core/settings/folders.ts';
import { resolveSettings, SettingsError } from '../../../src/core/settings/resolveSettings.ts';

const WORKSPACE = resolve('/home/夏/my pictures');
const nasOf = (nas: string, more: object = {}) =>
  foldersOf(resolveSettings({ 'directories.nas': nas, ...more }), WORKSPACE).nas;

describe('The folders of a workspace', () => {
  it('has no NAS unless one is set', () => {
    assert.equal(nasOf(''), undefined);
  });

  it('makes a path of a NAS that is a folder, and leaves an address as it is', () => {
    assert.equal(nasOf('${workspaceFolder}/NAS'), resolve(WORKSPACE, 'NAS'));
    assert.equal(nasOf('../NAS'), resolve(WORKSPACE, '../NAS'));
    for (const address of ['nas:photos', 'me@nas:/volume1/photos', 'rsync://nas/photos', ':sftp,host=nas:photos']) {
      assert.equal(nasOf(address), address);
    }
  });

  it('keeps NAS and sorted folder apart where both are folders', () => {
    assert.throws(() => nasOf('${workspaceFolder}/Sorted/NAS'), SettingsError);
    assert.throws(() => nasOf('.'), SettingsError);
    assert.equal(nasOf('Sorted:'), 'Sorted:');
  });

  it('refuses a program that can not reach the NAS, when something is to be synced', () => {
    const builtin = { 'sync.engine': 'builtin' };
    assert.throws(
      () => nasOf('nas:photos', builtin),
      /imageInbox\.sync\.engine: builtin needs a folder, and nas:photos/,
    );
    assert.equal(nasOf('nas:photos', { ...builtin, 'stages.sync': false }), 'nas:photos');
  });
});
