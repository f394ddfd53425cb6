import assert from 'node:assert/strict';
import { joinLists } from '../../../src/adapters/exiftool/joinLists.ts';

describe('joinLists', () => {
  it('makes one argument of the values of a list, and leaves what is not one', () => {
    assert.deepEqual(
      joinLists([
        '-XMP-dc:Subject=a', '-XMP-dc:Subject=b, c', '-XMP-dc:Subject=-d=e', '-XMP-dc:Title=t', '-XMP-dc:Creator+=x',
        '-XMP-dc:Creator+=y', '-XMP-dc:Creator=z', '-XMP-dc:Source=', '-XMP-dc:Source=', '-overwrite_original', '/a=b', '/a=b',
      ]),
      [
        '-XMP-dc:Subject=a\uffffb, c\uffff-d=e', '-XMP-dc:Title=t', '-XMP-dc:Creator+=x\uffffy', '-XMP-dc:Creator=z',
        '-XMP-dc:Source=', '-XMP-dc:Source=', '-overwrite_original', '/a=b', '/a=b',
      ],
    ); // prettier-ignore
  });
});
