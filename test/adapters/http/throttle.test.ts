import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Throttle } from '../../../src/adapters/http/throttle.ts';
import { SimulatedClock } from '../support/simulatedClock.ts';

describe('Throttle', () => {
  const signal = new AbortController().signal;

  it('runs one job at a time, in order, with the pause between the end of one and the start of the next', async () => {
    const clock = new SimulatedClock(0);
    const throttle = new Throttle(clock, 6);
    const events: string[] = [];
    const job = (name: string) => async (): Promise<void> => {
      events.push(`${name} starts at ${clock.now()}`);
      await clock.sleep(2000);
      events.push(`${name} ends at ${clock.now()}`);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => throttle.run(job(name), signal)));
    assert.deepEqual(events, [
      'a starts at 0',
      'a ends at 2000',
      'b starts at 8000',
      'b ends at 10000',
      'c starts at 16000',
      'c ends at 18000',
    ]);
  });

  it('lets the next one on after a job that failed', async () => {
    const throttle = new Throttle(new SimulatedClock(), 0);
    await assert.rejects(
      throttle.run(() => Promise.reject(new Error('no')), signal),
      /no/,
    );
    assert.equal(await throttle.run(async () => 'yes', signal), 'yes');
  });

  it('lets go of one that is aborted while it waits, and still runs nothing beside the first', async () => {
    const throttle = new Throttle(new SimulatedClock(), 0);
    const first = Promise.withResolvers<undefined>();
    const stop = new AbortController();
    let ran = '';
    const running = throttle.run(() => first.promise, signal);
    const aborted = throttle.run(async () => (ran += 'aborted'), stop.signal);
    const last = throttle.run(async () => (ran += 'last'), signal);
    stop.abort(new Error('enough'));
    await assert.rejects(aborted, /enough/);
    await setImmediate();
    assert.equal(ran, '');
    first.resolve(undefined);
    await Promise.all([running, last]);
    assert.equal(ran, 'last');
  });
});
