import assert from 'node:assert/strict';
import { whyHarmful } from '../../../src/core/sync/harmfulOptions.ts';

describe('Arguments for a program that syncs', () => {
  it('do not have robocopy remove anything, in whichever case they are written', () => {
    for (const option of ['/MIR', '/mir', '/Purge', '/PURGE', '-mir']) {
      assert.match(whyHarmful('robocopy', ['/Z', option]) ?? '', /robocopy removes files .*imageInbox\.sync\.delete/);
    }
    for (const option of ['/MOV', '/move']) {
      assert.match(whyHarmful('robocopy', [option]) ?? '', /removes the pictures here/);
    }
    assert.equal(whyHarmful('robocopy', ['/Z', '/MT:8', '/IPG:5', '/MON:1']), undefined);
  });
});
