import assert from 'node:assert/strict';
import { changeOf, heavier, removalsOf } from '../../../src/core/photoServer/serverChange.ts';

const there = { size: 1, mtimeMs: 0 };

describe('What a photo server has to hear of a file', () => {
  it('is the image, and its sidecar only where no image follows it', () => {
    assert.deepEqual(changeOf({ place: 'a.jpg', replaces: there }, false), { place: 'a.jpg', kind: 'image' });
    assert.deepEqual(changeOf({ place: '.xmp/a.jpg', replaces: undefined }, true), { place: '.xmp/a.jpg', kind: 'image' });
    assert.equal(changeOf({ place: 'a.jpg.xmp', replaces: undefined }, true), undefined);
    assert.deepEqual(changeOf({ place: 'a.jpg.xmp', replaces: undefined }, false), { place: 'a.jpg', kind: 'sidecar-new' });
    assert.deepEqual(changeOf({ place: 'a.jpg.xmp', replaces: there }, false), { place: 'a.jpg', kind: 'sidecar-changed' });
  }); // prettier-ignore

  it('is a removed image once, with its sidecar or without', () => {
    assert.deepEqual(removalsOf(['a.jpg', 'a.jpg.xmp', 'b.jpg.xmp']), [
      { place: 'a.jpg', kind: 'image' },
      { place: 'b.jpg', kind: 'image' },
    ]);
  });

  it('is of two changes of a picture whatever has to be asked for either', () => {
    const rising = ['image', 'sidecar-changed', 'sidecar-new'] as const;
    for (const [i, a] of rising.entries()) {
      for (const [j, b] of rising.entries()) assert.equal(heavier(a, b), rising[Math.max(i, j)], `${a}, ${b}`);
    }
  });
});
