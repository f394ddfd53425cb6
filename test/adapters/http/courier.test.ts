import assert from 'node:assert/strict';
import { againAfter, Courier, type Attempt } from '../../../src/adapters/http/courier.ts';
import { Throttle } from '../../../src/adapters/http/throttle.ts';
import { TrafficMeter } from '../../../src/adapters/http/trafficMeter.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { SimulatedClock } from '../support/simulatedClock.ts';

describe('Courier', () => {
  const signal = new AbortController().signal;
  let clock: SimulatedClock;
  let traffic: TrafficMeter;
  let log: CollectedLog;
  let courier: Courier<string>;

  beforeEach(() => {
    clock = new SimulatedClock();
    traffic = new TrafficMeter();
    log = new CollectedLog();
    courier = new Courier({ service: 'Sample', throttle: new Throttle(clock, 0), clock, log, traffic });
  });

  /** Answers with each attempt in turn, the last one from then on; `tries` counts them. */
  function answers(...attempts: readonly Attempt<string>[]) {
    const asked = { tries: 0, ask: async () => attempts[Math.min(asked.tries++, attempts.length - 1)]! };
    return asked;
  }
  const broken: Attempt<string> = { result: 'broken', againAfter: 0 };

  it('tries three times, each pause about twice the one before, and counts what it repeats', async () => {
    const { ask } = answers(broken, broken, { result: 'fine' });
    assert.equal(await courier.deliver('p', ask, signal), 'fine');
    assert.equal(clock.naps.length, 2);
    assert.ok(clock.naps[0]! >= 500 && clock.naps[0]! < 1500);
    assert.ok(clock.naps[1]! >= 1000 && clock.naps[1]! < 3000);
    assert.deepEqual(traffic.take(), { retries: 2 });
    assert.deepEqual(traffic.take(), {});
  });

  it('gives the last failure after the third try', async () => {
    const asked = answers(broken);
    assert.equal(await courier.deliver('p', asked.ask, signal), 'broken');
    assert.equal(asked.tries, 3);
  });

  it('does not repeat what is final', async () => {
    const asked = answers({ result: 'refused' });
    assert.equal(await courier.deliver('p', asked.ask, signal), 'refused');
    assert.equal(asked.tries, 1);
  });

  it('waits as long as the service wants', async () => {
    await courier.deliver('p', answers({ result: 'slow down', againAfter: 45_000 }, { result: 'fine' }).ask, signal);
    assert.deepEqual(clock.naps, [45_000]);
  });

  it('leaves a service that wants hours alone until then', async () => {
    const asked = answers({ result: 'tomorrow', againAfter: 7_200_000 }, { result: 'fine' });
    assert.equal(await courier.deliver('p', asked.ask, signal), 'tomorrow');
    clock.time += 7_199_000;
    assert.equal(await courier.deliver('p', asked.ask, signal), 'tomorrow');
    assert.equal(asked.tries, 1);
    clock.time += 1000;
    assert.equal(await courier.deliver('p', asked.ask, signal), 'fine');
  });

  it('stops asking a service that is down, says so once, and asks again after five minutes', async () => {
    const down = answers(broken);
    for (let i = 0; i < 100; i++) assert.equal(await courier.deliver('p', down.ask, signal), 'broken');
    assert.equal(down.tries, 9);
    assert.equal(log.lines.filter((line) => line.includes('Sample gives no answers')).length, 1);
    clock.time += 300_000;
    assert.equal(await courier.deliver('p', answers({ result: 'fine' }).ask, signal), 'fine');
  });

  it('asks again, too, when the clock is set back behind the outage', async () => {
    for (let i = 0; i < 3; i++) await courier.deliver('p', answers(broken).ask, signal);
    clock.time -= 7_200_000;
    assert.deepEqual(courier.starts(1), [clock.time]);
    assert.equal(await courier.deliver('p', answers({ result: 'fine' }).ask, signal), 'fine');
  });

  it('goes on asking a service that has answered since when the clock comes by the outage once more', async () => {
    await courier.deliver('p', answers({ result: 'tomorrow', againAfter: 7_200_000 }).ask, signal);
    clock.time -= 3_600_000;
    assert.equal(await courier.deliver('p', answers({ result: 'fine' }).ask, signal), 'fine');
    clock.time += 3_700_000;
    assert.deepEqual(courier.starts(1), [clock.time]);
    assert.equal(await courier.deliver('p', answers({ result: 'fine' }).ask, signal), 'fine');
  });

  it('stops asking after three requests in a row that were lost, each tried once', async () => {
    const banned = answers({ result: 'forbidden', lost: true });
    for (let i = 0; i < 100; i++) assert.equal(await courier.deliver('p', banned.ask, signal), 'forbidden');
    assert.equal(banned.tries, 3);
    clock.time += 300_000;
    assert.equal(await courier.deliver('p', answers({ result: 'fine' }).ask, signal), 'fine');
  });

  it('foretells no start before the end of an outage', async () => {
    const slow = new Courier<string>({ service: 'Sample', throttle: new Throttle(clock, 2), clock, log, traffic });
    assert.deepEqual(slow.starts(2), [clock.time, clock.time + 2000]);
    await slow.deliver('p', answers({ result: 'tomorrow', againAfter: 7_200_000 }).ask, signal);
    assert.deepEqual(slow.starts(2), [clock.time + 7_200_000, clock.time + 7_202_000]);
  });

  it('takes single failures between answers for no outage', async () => {
    const flaky = answers(broken);
    for (let i = 0; i < 6; i++) {
      await courier.deliver('p', flaky.ask, signal);
      await courier.deliver('p', answers({ result: 'fine' }).ask, signal);
    }
    assert.equal(flaky.tries, 18);
  });

  it('ends a pause when it is aborted', async () => {
    const stop = new AbortController();
    const ask = async (): Promise<Attempt<string>> => {
      stop.abort(new Error('enough'));
      return broken;
    };
    await assert.rejects(courier.deliver('p', ask, stop.signal));
    assert.deepEqual(traffic.take(), {});
  });
});

describe('againAfter', () => {
  const now = Date.parse('2026-03-01T10:00:00Z');
  const answer = (status: number, retryAfter?: string) =>
    againAfter(
      { kind: 'answer', status, text: '', headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } },
      now,
    );

  it('finds 429, 5xx, time-outs and broken connections worth another try', () => {
    for (const status of [429, 500, 502, 503, 504, 522]) assert.equal(answer(status), 0);
    for (const trouble of ['network', 'timeout'] as const) {
      assert.equal(againAfter({ kind: 'failure', trouble, message: '' }, now), 0);
    }
  });

  it('takes everything else for final', () => {
    for (const status of [200, 201, 400, 401, 403, 404, 410, 413, 422]) assert.equal(answer(status), undefined);
    for (const trouble of ['redirected', 'blocked', 'too-large'] as const) {
      assert.equal(againAfter({ kind: 'failure', trouble, message: '' }, now), undefined);
    }
  });

  it('reads Retry-After in seconds and as a date', () => {
    assert.equal(answer(429, '30'), 30_000);
    assert.equal(answer(503, 'Sun, 01 Mar 2026 10:01:00 GMT'), 60_000);
    assert.equal(answer(503, 'Sun, 01 Mar 2026 09:00:00 GMT'), 0);
    assert.equal(answer(503, 'soon'), 0);
  });
});
