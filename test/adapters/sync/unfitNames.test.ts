import assert from 'node:assert/strict';
import { ImageError } from '../../../src/core/model/failure.ts';
import { asSyncError } from '../../../src/adapters/sync/nasErrors.ts';
import { makeNasFolder } from '../../../src/adapters/sync/nasFolder.ts';
import { RcloneError } from '../../../src/adapters/sync/rcloneDaemon.ts';
import { rcloneError } from '../../../src/adapters/sync/rcloneErrors.ts';
import { rsyncError } from '../../../src/adapters/sync/rsyncErrors.ts';

const system = (code: string): Error => Object.assign(new Error(code), { code, errno: -1 });
const said = (error: Error): string =>
  error instanceof ImageError ? `${error.reason}: ${error.message}` : String(error);

/** What a file system, rsync and rclone say of the same name. */
const tellers = (place: string, errno: number, code: string, text: string): readonly Error[] => [
  asSyncError(system(code), `/nas/${place}`, place),
  rsyncError(
    place,
    `/here/${place}`,
    `/nas/${place}`,
    `rsync: [receiver] open "/nas/.x/${place}" failed: ${text} (${errno})`,
  ),
  rcloneError(new RcloneError(500, `open /nas/.x/${place}: ${text.toLowerCase()}`), `/nas/${place}`, place),
];

// `npm run test:exfat` does it on such a disk
describe('A name that a NAS does not take', () => {
  for (const [place, what] of [
    ['Cats/12:30.png', 'with :'],
    ['what?/a.png', 'with ?'],
    ['dots./a.png', 'that ends with a dot or a space'],
  ] as const) {
    it(`is told with what to do: ${place}`, () => {
      for (const error of [
        ...tellers(place, 22, 'EINVAL', 'Invalid argument'),
        ...tellers(place, 2, 'ENOENT', 'No such file or directory'),
      ]) {
        assert.match(said(error), /^unsafe-name: .*Rename it in the sorted folder/);
        assert.ok(said(error).includes(`takes no name ${what}.`), said(error));
      }
    });
  }

  it('is told when it is too long', () => {
    for (const error of tellers('long.png', 36, 'ENAMETOOLONG', 'File name too long'))
      assert.match(said(error), /^unsafe-name: .*too long for this NAS. Rename it/);
  });

  it('may be the trouble where a server does not tell', () => {
    const error = new RcloneError(500, 'Conflict: 409 Conflict');
    assert.match(said(rcloneError(error, 'nas:what?/a.png', 'what?/a.png')), /409.*may be the name.*with \?\. Rename/);
    assert.match(said(rcloneError(error, 'nas:a.png', 'a.png')), /409 Conflict\.$/);
  });

  it('is not blamed for what any name would meet', () => {
    for (const error of tellers('a.png', 22, 'EINVAL', 'Invalid argument'))
      assert.match(said(error), /^not-writable: (?!.*Rename)/);
    assert.match(said(asSyncError(system('EACCES'), '/nas/1:2.png', '1:2.png')), /no permission/);
  });

  it('is not tried for ever', async () => {
    // as exFAT answers for `what?`: the folder is not there, and neither can be made
    await assert.rejects(makeNasFolder('/proc', '/proc/self/what'), { code: 'ENOENT' });
  });
});
