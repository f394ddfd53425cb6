import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { foldersOf, isInside, placesOf, whatStandsInTheWay } from '../../../src/core/settings/folders.ts';
import { resolveSettings, SettingsError } from '../../../src/core/settings/resolveSettings.ts';
import { assertHarmless } from '../../../src/core/settings/syncProgram.ts';

const WORKSPACE = resolve('/home/夏/my pictures');
const nasOf = (nas: string, more: object = {}) =>
  foldersOf(resolveSettings({ 'directories.nas': nas, ...more }), WORKSPACE).nas;

describe('The folders of a workspace', () => {
  it('has no NAS unless one is set', () => {
    assert.equal(nasOf(''), undefined);
    assert.equal(nasOf('', { 'sync.engine': 'robocopy' }), undefined, 'whatever would sync it');
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

  it('keeps the NAS out of the inbox, from which it would be taken in again, and out of the working folder', () => {
    for (const nas of ['Inbox', '${workspaceFolder}/Inbox/NAS', '.image-inbox', '.image-inbox/NAS']) {
      assert.throws(() => nasOf(nas), SettingsError, nas);
    }
    assert.equal(nasOf('Inbox of the NAS'), resolve(WORKSPACE, 'Inbox of the NAS'));
  });

  it('takes the workspace’s name as it is, whatever it holds', () => {
    const workspace = resolve('/home/$$ pictures $& $1');
    const { sorted } = foldersOf(resolveSettings({ 'directories.sorted': '${workspaceFolder}/Sorted' }), workspace);
    assert.equal(sorted, resolve(workspace, 'Sorted'));
  });

  it('refuses a program that can not reach the NAS, when something is to be synced', () => {
    const builtin = { 'sync.engine': 'builtin' };
    assert.throws(
      () => nasOf('nas:photos', builtin),
      /imageInbox\.sync\.engine: builtin needs a folder, and nas:photos/,
    );
    assert.equal(nasOf('nas:photos', { ...builtin, 'stages.sync': false }), 'nas:photos');
  });

  it('refuses arguments for rsync that remove files or show them half-written, and says which and what else to do', () => {
    const check = (nas: string, options: readonly string[]): void =>
      assertHarmless(resolveSettings({ 'directories.nas': nas, 'sync.options': options }), nas);
    const rsync = (...options: string[]): void => check('me@nas:photos', options);
    for (const option of ['--delete', '--delete-excluded', '--delete=x', '--del']) {
      assert.throws(
        () => rsync('-a', option),
        (error) =>
          error instanceof SettingsError &&
          error.message.startsWith(`imageInbox.sync.options: With ${option}, rsync removes files`) &&
          error.message.includes('imageInbox.sync.delete'),
      );
    }
    const others = [
      '--remove-source-files',
      '--remove-sent-files',
      '--inplace',
      '--append',
      '--append-verify',
      '--partial-dir=.rsync-partial',
    ];
    for (const option of others) assert.throws(() => rsync(option), new RegExp(`With ${option}, rsync .*Leave it out`));
    const harmless = [
      '-a',
      '-vv',
      '--bwlimit=1000',
      '--exclude=--delete',
      '--max-delete=0',
      '-e',
      'ssh -P 22',
      '-essh -oPort=22',
      '--perms',
      '-avP',
      '--partial',
    ];
    rsync(...harmless);
    // what means nothing to rclone
    check('cloud:photos', ['--delete-after']);
    assert.equal(nasOf('me@nas:photos', { 'sync.options': ['--delete'] }), 'me@nas:photos', 'nothing is synced yet');
  });

  it('says of each folder that is in the way of another which it is, and by what', () => {
    const [sorted, working, nas] = ['/w/Sorted', '/w/.image-inbox', '/nas'];
    const told = (more: object) => whatStandsInTheWay({ inbox: '/w/Inbox', sorted, working, nas, ...more });
    assert.deepEqual(told({}), []);
    const [one, ...others] = told({ inbox: '/w/Sorted/Cats' });
    assert.deepEqual(others, []);
    assert.ok(one?.includes('/w/Sorted/Cats') && one.includes(' sorted folder /w/Sorted.'), one);
    const [two] = told({ inbox: '/w/.image-inbox/thumbnails' });
    assert.ok(two?.includes('/w/.image-inbox/thumbnails') && two.includes(' working folder /w/.image-inbox;'), two);
    const [three] = told({ nas: '/w/Sorted' });
    assert.ok(three?.includes(' NAS folder /w/Sorted ') && three.includes(' sorted folder /w/Sorted '), three);
    assert.equal(told({ inbox: '/w/Sorted', working: '/w', nas: '/' }).length, 3);
    assert.deepEqual(told({ nas: 'nas:/w/Sorted' }), []);
  });

  it('lets one folder be processed instead of the inbox, from the workspace on', () => {
    const settings = resolveSettings({});
    assert.equal(foldersOf(settings, WORKSPACE, 'New').inbox, resolve(WORKSPACE, 'New'));
    assert.equal(foldersOf(settings, WORKSPACE, '/elsewhere').inbox, resolve('/elsewhere'));
    assert.throws(() => foldersOf(settings, WORKSPACE, 'Sorted'), SettingsError);
    assert.throws(() => foldersOf(settings, WORKSPACE, '.image-inbox/thumbnails'), SettingsError);
    assert.equal(placesOf(settings, WORKSPACE, 'Sorted').inbox, resolve(WORKSPACE, 'Sorted'), 'where only looked at');
  });

  it('takes no folder for inside that only begins like it, or lies above', () => {
    assert.ok(!isInside('/a', '/a/b'));
    assert.ok(!isInside('/a/c', '/a/b'));
    assert.ok(isInside('/a/b/c', '/a'));
  });
});
