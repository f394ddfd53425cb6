import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Throttle } from '../../src/vscode/throttle.ts';

describe('Work that is asked for often', () => {
  it('is done once for all that ask before it begins', async () => {
    let done = 0;
    const began = Promise.withResolvers<undefined>();
    const throttle = new Throttle(0, () => {
      done++;
      began.resolve(undefined);
    });
    for (let i = 0; i < 100; i++) throttle.ask();
    await began.promise;
    assert.equal(done, 1);
  });

  it('is never done twice at once, and once more for those that asked meanwhile', async () => {
    let [atOnce, most, done] = [0, 0, 0];
    const second = Promise.withResolvers<undefined>();
    const first = Promise.withResolvers<undefined>();
    const throttle = new Throttle(0, async () => {
      most = Math.max(most, ++atOnce);
      if (++done === 1) await first.promise;
      atOnce--;
      if (done === 2) second.resolve(undefined);
    });
    throttle.now();
    throttle.ask();
    throttle.now();
    assert.equal(done, 1);
    first.resolve(undefined);
    await second.promise;
    assert.deepEqual([most, done], [1, 2]);
  });

  it('rests some seconds at most, however long it took', async () => {
    let now = 0;
    mock.method(performance, 'now', () => now);
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      let done = 0;
      const throttle = new Throttle(400, () => {
        done++;
        now += 60_000;
        return Promise.resolve();
      });
      throttle.now();
      await Promise.resolve();
      throttle.ask();
      await Promise.resolve();
      mock.timers.tick(3000);
      assert.equal(done, 2);
    } finally {
      mock.timers.reset();
      mock.restoreAll();
    }
  });
});
