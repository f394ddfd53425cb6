import assert from 'node:assert/strict';
import { chooseEngine, parseDestination } from '../../../src/core/sync/destination.ts';

const choose = (
  text: string,
  platform: NodeJS.Platform,
  setting: 'auto' | 'builtin' | 'robocopy' | 'rsync' | 'rclone' = 'auto',
) => {
  const choice = chooseEngine(setting, parseDestination(text, platform), platform);
  return choice.kind === 'engine' ? choice.engine : `impossible: ${choice.why}`;
};

describe('The place of the NAS', () => {
  it('is a path, an address for rsync, or a name with a colon', () => {
    const kinds = [
      ['/mnt/nas', 'linux', 'path'],
      ['/mnt/a:b', 'linux', 'path'],
      ['./a:b', 'linux', 'path'],
      ['Z:\\Photos', 'win32', 'path'],
      ['z:/Photos', 'win32', 'path'],
      ['\\\\nas\\photos\\a:b', 'win32', 'path'],
      ['nas:photos', 'win32', 'named'],
      ['nas:/volume1/photos', 'linux', 'named'],
      ['z:photos', 'linux', 'named'],
      [':sftp,host=nas,user=me:photos', 'linux', 'named'],
      ['me@nas:/volume1/photos', 'linux', 'rsync'],
      ['nas::photos', 'linux', 'rsync'],
      ['rsync://nas/photos', 'linux', 'rsync'],
      ['/mnt/rsync://a', 'linux', 'path'],
      ['/mnt/a::b', 'linux', 'path'],
      ['Z:', 'win32', 'path'],
      ['z:/photos', 'linux', 'named'],
      ['nas:photos//2024', 'win32', 'named'],
      ['nasz:/photos', 'win32', 'named'],
      [':sftp,user=me@home:photos', 'linux', 'named'],
      [':sftp,host=nas,key_file=/home/me/.ssh/id:photos', 'linux', 'named'],
    ] as const;
    for (const [text, platform, kind] of kinds) assert.equal(parseDestination(text, platform).kind, kind, text);
  });

  it('chooses the engine where none is set', () => {
    assert.equal(choose('/mnt/nas', 'linux'), 'builtin');
    assert.equal(choose('/Volumes/nas', 'darwin'), 'builtin');
    assert.equal(choose('\\\\nas\\photos', 'win32'), 'robocopy');
    assert.equal(choose('remote:photos', 'win32'), 'rclone');
    assert.equal(choose('rsync://nas/photos', 'linux'), 'rsync');
  });

  it('says why an engine can’t reach it', () => {
    assert.match(choose('/mnt/nas', 'linux', 'robocopy'), /part of Windows/);
    assert.match(choose('remote:photos', 'linux', 'builtin'), /needs a folder/);
    assert.match(choose('remote:photos', 'win32', 'robocopy'), /needs a folder/);
    assert.match(choose('rsync://nas/photos', 'linux', 'rclone'), /address for rsync/);
    assert.match(choose(':sftp,host=nas,pass=secret:photos', 'linux', 'builtin'), /and :sftp:photos is none/);
    assert.equal(choose('nas:photos', 'linux', 'rsync'), 'rsync');
    assert.equal(choose('/mnt/nas', 'linux', 'rclone'), 'rclone');
  });
});
