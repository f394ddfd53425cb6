import assert from 'node:assert/strict';
import { sizeText } from '../../../src/core/doctor/sizeText.ts';

describe('A size in words', () => {
  it('has at most three figures, or one after the point, also where it is rounded to the next unit', () => {
    const sizes = [0, 999, 1000, 99_949, 99_950, 812_000, 999_499, 999_500, 999_950, 999_999_999, 3.44e9, 2e12];
    assert.deepEqual(sizes.map(sizeText), [
      '0 bytes',
      '999 bytes',
      '1.0 kB',
      '99.9 kB',
      '100 kB',
      '812 kB',
      '999 kB',
      '1.0 MB',
      '1.0 MB',
      '1.0 GB',
      '3.4 GB',
      '2.0 TB',
    ]);
  });
});
