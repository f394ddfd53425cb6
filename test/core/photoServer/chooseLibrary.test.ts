import assert from 'node:assert/strict';
import { chooseLibrary } from '../../../src/core/photoServer/chooseLibrary.ts';
import type { PhotoServerError } from '../../../src/core/ports/photoServer.ts';

const art = { id: '3d7a0c52-0000-4000-8000-000000000001', name: 'Art', importPaths: ['/mnt/media/Art'] };
const photos = { id: '3d7a0c52-0000-4000-8000-000000000002', name: 'Photos', importPaths: ['/mnt/a', '/external/photo/Camera'] }; // prettier-ignore
const both = [art, photos];

describe('The library of the photo server for the NAS', () => {
  it('is the only one, whatever it is called', () => {
    assert.equal(chooseLibrary([art], '', '/Volumes/x'), art);
  });

  it('is the one that is named, by id, by name or by its folder there', () => {
    for (const setting of [photos.id, photos.id.toUpperCase(), 'photos', ' Photos ', '/external/photo/Camera/2024']) {
      assert.equal(chooseLibrary(both, setting, '/nas/Art'), photos, setting);
    }
  });

  it('is the one whose folder ends as the NAS folder does, through mounts, shares and remotes', () => {
    for (const nas of ['/Volumes/photo/Camera', '\\\\nas\\photo\\camera\\', 'nas:photo/Camera', 'rsync://nas/photo/Camera']) {
      assert.equal(chooseLibrary(both, '', nas), photos, nas);
    } // prettier-ignore
    assert.equal(chooseLibrary(both, '', 'Z:\\Art'), art);
  });

  it('is not guessed: where none fits or several do, the message lists them', () => {
    const cases = [
      [[], '', '/nas/Art', /no external library/],
      [both, '', '/nas/Pictures', /which of its libraries holds \/nas\/Pictures is not clear.*“Art” \(\/mnt\/media\/Art\)/],
      [both, '', ':sftp,host=nas,pass=secret:Pictures', /which of its libraries holds :sftp:Pictures is not clear/],
      [[art, { ...art, id: 'other' }], '', '/nas/Art', /not clear/],
      [both, 'Drawings', '/nas/Art', /none of its libraries is “Drawings”.*“Photos”/],
    ] as const; // prettier-ignore
    for (const [libraries, setting, nas, expected] of cases) {
      assert.throws(
        () => chooseLibrary(libraries, setting, nas),
        (error: PhotoServerError) => error.reason === 'no-library' && expected.test(error.message),
      );
    }
  });

  it('is none whose folder only begins like the one that is set, or is set by a path of ours', () => {
    const refused = (setting: string): void =>
      assert.throws(() => chooseLibrary(both, setting, ''), (error: PhotoServerError) => error.reason === 'no-library'); // prettier-ignore
    for (const setting of ['/external/photo/Camera2', '/external/photo', '/mnt/other/Art', 'external/photo/Camera']) {
      refused(setting);
    }
  });

  it('is the one that has most levels of its folder in common with the NAS, wherever the others lie', () => {
    const deep = { id: '3', name: 'Deep', importPaths: ['/a/photo/Camera', '/Camera'] };
    const flat = { id: '4', name: 'Flat', importPaths: ['/b/other/Camera'] };
    assert.equal(chooseLibrary([flat, deep], '', '/Volumes/photo/Camera'), deep);
    assert.equal(chooseLibrary([deep, flat], '', '/nas/other/Camera'), flat);
    assert.equal(chooseLibrary([deep, flat], '', '/a/photo/Camera'), deep);
    assert.equal(chooseLibrary([deep, flat], '', '//nas//photo//Camera//'), deep);
    assert.equal(chooseLibrary([flat, { ...deep, importPaths: [] }], '', '/nas/other/Camera'), flat);
    assert.throws(() => chooseLibrary([deep, flat], '', ''), /not clear/);
    assert.throws(
      () => chooseLibrary([flat, { ...deep, importPaths: [] }], '', 'x'),
      /It has “Flat” \(\/b\/other\/Camera\), “Deep” \(without folders\)/,
    );
  });
});
