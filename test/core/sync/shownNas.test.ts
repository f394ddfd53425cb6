import assert from 'node:assert/strict';
import { shownNas } from '../../../src/core/sync/shownNas.ts';

describe('The NAS as it is shown', () => {
  it('has no password of a remote that is made up on the fly, however it is written', () => {
    for (const parameters of [
      'host=nas,user=me,pass=SECRET',
      'pass="SECRET:a,b/c""d"',
      `pass='SECRET:a''b'`,
      `url='http://me:SECRET@nas:80/dav',vendor=other`,
      'key_file=/home/me/id,pass=SECRET,ask_password',
      'pass=SECRET"quoted"',
      'pass=',
    ]) {
      assert.equal(shownNas(`:sftp,${parameters}:Photos/2024, a=b:c`), ':sftp:Photos/2024, a=b:c', parameters);
      assert.equal(shownNas(`my nas,${parameters}:`), 'my nas:', parameters);
    }
  });

  it('has none of one that is misspelled either, of which nobody knows where it ends', () => {
    for (const text of [':sftp,pass="SECRET:photos', ':sftp,pass=SECRET', ':sftp,pa-ss=SECRET:a', ":sftp,pass='a'SECRET:b"]) {
      assert.equal(shownNas(text), ':sftp:', text);
    } // prettier-ignore
    assert.equal(shownNas('nas,pass="SECRET:photos'), 'nas:');
  });

  it('has none of an address', () => {
    assert.equal(shownNas('rsync://me:SECRET@nas:873/photos/a@b'), 'rsync://me@nas:873/photos/a@b');
  });

  it('is otherwise what the user wrote', () => {
    for (const text of [
      ...['', '/mnt/nas', '/mnt/a,b=c:d', 'photos,2024/a', '${workspaceFolder}/NAS,a', 'Z:\\photos,pass=a', '\\\\nas\\a,b=c:d'],
      ...['nas:photos', 'nas:a,b=c:d', ':memory:', 'me@nas:/photos', 'nas::photos', 'rsync://me@nas:873/photos/a@b'],
    ]) {
      assert.equal(shownNas(text), text);
    } // prettier-ignore
  });
});
