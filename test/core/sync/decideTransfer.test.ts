import assert from 'node:assert/strict';
import { decideTransfer } from '../../../src/core/sync/decideTransfer.ts';
import type { There } from '../../../src/core/sync/syncEngine.ts';
import type { SyncRecord } from '../../../src/core/sync/syncRecords.ts';

const facts = (size: number, seconds = 0) => ({ size, mtimeMs: 1_600_000_000_000 + seconds * 1000 });
const file = (size: number, seconds = 0): There => ({ kind: 'file', ...facts(size, seconds) });
const held = (size: number, seconds = 0, ours = true): SyncRecord => ({
  place: 'a.jpg',
  state: 'held',
  ours,
  here: facts(size, seconds),
  there: facts(size, seconds),
});
const intended = (size: number, seconds = 0, before?: SyncRecord['there']): SyncRecord => ({
  place: 'a.jpg',
  state: 'intended',
  ours: true,
  here: facts(size, seconds),
  ...(before && { there: before }),
});

function decision(
  size: number,
  seconds: number,
  there?: There,
  record?: SyncRecord,
  keepsTimes = true,
  isShared = false,
): string {
  const made = decideTransfer({ here: facts(size, seconds), there, record, keepsTimes, isShared: () => isShared });
  return made.kind === 'compare' ? `compare, else ${made.otherwise}` : made.kind;
}

describe('What becomes of a file whose name the NAS may take for another one’s', () => {
  const decided = (size: number, seconds: number, there?: There, record?: SyncRecord): string =>
    decision(size, seconds, there, record, true, true);

  it('is as ever while nothing is there, or what we left there', () => {
    assert.equal(decided(5, 0), 'copy');
    assert.equal(decided(5, 0, file(5), held(5)), 'unchanged');
    assert.equal(decided(6, 60, file(5), held(5)), 'update');
    assert.equal(decided(6, 60, file(5), intended(6, 60, facts(5))), 'update');
  });

  it('is left alone unless the bytes are equal, however alike size and time are', () => {
    assert.equal(decided(5, 0, file(5)), 'compare, else conflict');
    assert.equal(decided(5, 0, file(5), intended(5)), 'compare, else conflict');
    assert.equal(decided(6, 0, file(5), intended(5)), 'conflict');
    assert.equal(decided(6, 0, file(5)), 'conflict');
  });
});

describe('What becomes of a file', () => {
  it('is a conflict where a folder or a link has its name, which it says', () => {
    const there: There = { kind: 'other' };
    const made = decideTransfer({ here: facts(5), there, record: held(5), keepsTimes: true, isShared: () => false });
    assert.deepEqual(made, { kind: 'conflict', why: 'what stands there is no regular file' });
  });

  it('says whether the other one is somebody else’s, was changed there, or may be a file from here', () => {
    const why = (there: There, record?: SyncRecord, isShared = false): string => {
      const made = decideTransfer({ here: facts(6), there, record, keepsTimes: true, isShared: () => isShared });
      return made.kind === 'conflict' ? made.why : made.kind;
    };
    assert.match(why(file(5)), /another file of that name is on the NAS$/);
    assert.match(why(file(7, 60), held(5)), /changed on the NAS since the last sync/);
    assert.match(why(file(5), undefined, true), /differs only by case or accents/);
  });

  it('takes a time within two seconds for the same one', () => {
    assert.equal(decision(5, 0, file(5, 2)), 'unchanged');
    assert.equal(decision(5, 0, file(5, 3)), 'compare, else conflict');
  });

  it('was touched on a NAS that keeps no times when its time there is another one', () => {
    assert.equal(decision(6, 60, file(5, 1), held(5, 1), false), 'update');
    assert.equal(decision(6, 60, file(5, 2), held(5, 1), false), 'conflict');
    assert.equal(decision(6, 60, file(7, 1), held(5, 1), false), 'conflict');
    // ours, before it could be written down, or somebody else's
    assert.equal(decision(5, 0, file(5, 9), intended(5), false), 'compare, else conflict');
  });

  it('of no bytes is no sign that the NAS has lost them', () => {
    assert.equal(decision(0, 0, file(0, 60), held(5)), 'compare, else conflict');
    assert.equal(decision(6, 60, file(4, 60), held(5)), 'conflict');
  });

  it('is left alone where nobody knows what is there, whatever is remembered of it', () => {
    for (const record of [undefined, held(5), intended(5), held(6)]) {
      assert.equal(decision(5, 0, { kind: 'unseen', why: 'it is locked' }, record), 'conflict');
    }
  });

  it('is copied when nothing is there, also when it was there once', () => {
    assert.equal(decision(5, 0), 'copy');
    assert.equal(decision(5, 0, undefined, held(5)), 'copy');
  });

  it('is left alone when both sides are as they were', () => {
    assert.equal(decision(5, 0, file(5), held(5)), 'unchanged');
    assert.equal(decision(5, 0, file(5, 1.9), held(5)), 'unchanged', 'FAT keeps times to two seconds');
  });

  it('is updated also when it changed here within two seconds and kept its size', () => {
    assert.equal(decision(5, 1.5, file(5), held(5)), 'update');
    assert.equal(decision(5, 1.5, file(5), held(5), false), 'update');
    assert.equal(decision(5, 1.5, file(5), intended(5)), 'update');
  });

  it('is left alone when it came back here from a backup that keeps whole seconds, and is updated at any other time', () => {
    assert.equal(decision(5, 7, file(5, 7.9), held(5, 7.9)), 'unchanged');
    assert.equal(decision(5, 7.5, file(5, 7.9), held(5, 7.9)), 'update');
    assert.equal(decision(5, 8, file(5, 7.9), held(5, 7.9)), 'update');
    assert.equal(decision(6, 7, file(5, 7.9), held(5, 7.9)), 'update');
  });

  it('is updated when it changed here alone', () => {
    assert.equal(decision(6, 60, file(5), held(5)), 'update');
    assert.equal(decision(5, 60, file(5), held(5)), 'update', 'the same size, and a later time');
    assert.equal(decision(5, -60, file(5), held(5)), 'update', 'an older one that was brought back');
  });

  it('is a conflict when it changed on the NAS, whichever is newer', () => {
    assert.equal(decision(5, 0, file(6, 60), held(5)), 'conflict');
    assert.equal(decision(7, 90, file(6, 60), held(5)), 'conflict');
    assert.equal(decision(7, 30, file(6, -60), held(5)), 'conflict');
  });

  it('depends on the bytes when only the time differs, as after a change of the clocks', () => {
    assert.equal(decision(5, 0, file(5, 3600), held(5)), 'compare, else conflict');
    assert.equal(decision(5, 0, file(5, 3600)), 'compare, else conflict');
  });

  it('is a conflict when somebody else’s file has its name, and none when it is equal', () => {
    assert.equal(decision(5, 0, file(6, -3600)), 'conflict');
    assert.equal(decision(5, 0, file(5, 0)), 'unchanged');
    assert.equal(decision(5, 0, { kind: 'other' }), 'conflict');
    assert.equal(decision(5, 0, { kind: 'other' }, held(5)), 'conflict');
  });

  it('depends on the bytes where times tell nothing, unless it is as we left it there', () => {
    assert.equal(
      decision(5, 0, file(5), undefined, false),
      'compare, else conflict',
      'somebody else’s may have that size',
    );
    assert.equal(decision(5, 0, file(5, 0.5), held(5), false), 'compare, else conflict');
    assert.equal(decision(5, 0, file(5), held(5), false), 'unchanged');
    assert.equal(decision(6, 60, file(5, 0.5), held(5), false), 'conflict');
    assert.equal(decision(6, 60, file(5), held(5), false), 'update');
  });

  it('is gone on with after a kill: not begun, done, or done and changed here since', () => {
    assert.equal(decision(5, 0, file(4, -60), intended(5, 0, facts(4, -60))), 'update');
    assert.equal(decision(5, 0, file(5), intended(5)), 'compare, else update');
    assert.equal(decision(6, 60, file(5), intended(5)), 'update');
    assert.equal(decision(5, 0, file(9, 60), intended(5)), 'conflict');
  });

  it('is brought again when the NAS lost its bytes', () => {
    assert.equal(decision(5, 0, file(0, 60), held(5)), 'update');
    assert.equal(decision(5, 0, file(0, 60)), 'conflict', 'an empty file that is none of ours');
  });
});
