import assert from 'node:assert/strict';
import { SyncMeter, type SyncProgress } from '../../../src/core/sync/syncMeter.ts';

describe('SyncMeter', () => {
  it('tells files, bytes, speed and time left, and at most five times a second', () => {
    let at = 0;
    const told: SyncProgress[] = [];
    const clock = { now: () => at, sleep: () => Promise.resolve() };
    const meter = new SyncMeter(clock, { files: 2, bytes: 1000 }, (progress) => told.push(progress));
    for (let i = 0; i < 10; i++) {
      at += 100;
      meter.moved(50);
    }
    assert.equal(told.length, 5);
    assert.deepEqual(told.at(-1), {
      files: 0, totalFiles: 2, bytes: 450, totalBytes: 1000, bytesPerSecond: 500, secondsLeft: 1.1,
    }); // prettier-ignore
    meter.moved(5000);
    meter.finished(2);
    assert.equal(told.at(-1)?.bytes, 1000, 'what is copied a second time is not counted beyond the total');
    assert.equal(told.at(-1)?.files, 2);
  });

  it('tells no speed before there is one, files no more often than bytes, and the end in any case', () => {
    const told: SyncProgress[] = [];
    const clock = { now: () => 0, sleep: () => Promise.resolve() };
    const meter = new SyncMeter(clock, { files: 3, bytes: 10 }, (progress) => told.push(progress));
    meter.moved(5);
    assert.deepEqual(told, [{ files: 0, totalFiles: 3, bytes: 5, totalBytes: 10, bytesPerSecond: 0 }]);
    meter.finished(1);
    assert.equal(told.length, 1);
    meter.finished(2);
    assert.deepEqual([told.length, told.at(-1)?.files], [2, 3]);
  });

  it('tells the speed of the last ten seconds', () => {
    let at = 0;
    let last: SyncProgress | undefined;
    const clock = { now: () => at, sleep: () => Promise.resolve() };
    const meter = new SyncMeter(clock, { files: 1, bytes: 1e9 }, (progress) => (last = progress));
    for (let second = 1; second <= 60; second++) {
      at = second * 1000;
      meter.moved(second <= 30 ? 1_000_000 : 1000);
    }
    assert.equal(last?.bytesPerSecond, 1000);
  });
});
