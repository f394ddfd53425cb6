import assert from 'node:assert/strict';
import { deletionText, extentOf, progressText, summaryText } from '../../../src/core/sync/syncText.ts';

const NOTHING = { copied: 0, updated: 0, unchanged: 0, conflict: 0, failed: 0, deleted: 0, bytes: 0 };

describe('A sync in words', () => {
  it('tells how far it is, and speed and time only when they are known', () => {
    const progress = { files: 120, totalFiles: 500, bytes: 0, totalBytes: 3_000_000, bytesPerSecond: 0 };
    assert.match(progressText(progress), /^120 of 500 files, 0 bytes of 3\.0 MB$/);
    assert.match(
      progressText({ ...progress, bytesPerSecond: 1_000_000, secondsLeft: 25 }),
      / of 3\.0 MB, 1\.0 MB\/s, 0:25 left$/,
    );
  });

  it('tells what came of it, and nothing of what did not happen', () => {
    assert.equal(summaryText(NOTHING), '0 copied, 0 updated, 0 unchanged');
    const all = { copied: 1, updated: 2, unchanged: 3, deleted: 4, conflict: 5, failed: 6, bytes: 7_000_000 };
    assert.equal(summaryText(all), '1 copied, 2 updated, 3 unchanged, 4 removed, 5 left alone, 6 failed; 7.0 MB');
  });

  it('tells what would be removed', () => {
    const plan = { places: ['a.png'], bytes: 2_000_000, kept: [], vanished: [] };
    assert.equal(deletionText(plan), '1 file (2.0 MB), gone here');
    assert.equal(deletionText({ ...plan, places: ['a.png', 'b.png'] }), '2 files (2.0 MB), gone here');
  });
});

describe('The extent of a sync', () => {
  it('is all of it only when nothing was left behind', () => {
    assert.equal(extentOf(NOTHING, 0), 'all');
    assert.equal(extentOf({ ...NOTHING, copied: 1, updated: 1, unchanged: 1, deleted: 1 }, 0), 'all');
    assert.equal(extentOf({ ...NOTHING, copied: 1, failed: 1 }, 0), 'some');
    assert.equal(extentOf({ ...NOTHING, copied: 1, conflict: 1 }, 0), 'some');
    assert.equal(extentOf({ ...NOTHING, copied: 1 }, 1), 'some', 'a problem that was told');
  });

  it('is none when the NAS was never there, and some when it went away later', () => {
    const away = { ...NOTHING, unreachable: 'nobody answers' };
    assert.equal(extentOf(away, 0), 'none');
    for (const fate of ['copied', 'updated', 'unchanged', 'deleted', 'conflict', 'failed'] as const) {
      assert.equal(extentOf({ ...away, [fate]: 1 }, 0), 'some', fate);
      assert.equal(extentOf({ ...away, copied: 1, [fate]: 1 }, 0), 'some', `copied and ${fate}`);
    }
  });
});
