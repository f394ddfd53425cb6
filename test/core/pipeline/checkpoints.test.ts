import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Checkpoints } from '../../../src/core/pipeline/checkpoints.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';

/** A database that takes so long to be written, of a run that settles so many images every second. */
async function run({ seconds, cost, images = 1 }: { seconds: number; cost: number; images?: number }): Promise<number> {
  const clock = new SimulatedClock();
  let written = 0;
  const write = async (): Promise<void> => {
    written++;
    clock.time += cost;
    await setImmediate();
  };
  const checkpoints = new Checkpoints(write, clock);
  for (let second = 0; second < seconds; second++) {
    clock.time += 1000;
    for (let image = 0; image < images; image++) checkpoints.takeIfDue();
    await setImmediate();
    await setImmediate();
  }
  return written;
}

describe('Checkpoints', () => {
  it('write a small database every ten seconds', async () => {
    assert.equal(await run({ seconds: 610, cost: 10 }), 61);
  });

  it('write a large one so seldom that it takes a twenty-fifth of the time', async () => {
    const cost = 5000;
    const written = await run({ seconds: 3600, cost });
    assert.ok(written >= 20, `${written} times`);
    assert.ok((written * cost) / 3_600_000 < 1 / 20, `${written} times`);
  });

  it('write a large one sooner where many images come, but for no more than a tenth of the time', async () => {
    const written = await run({ seconds: 1000, cost: 800, images: 100 });
    assert.ok(written >= 80 && written <= 100, `every thousand images: ${written} times`);
    const larger = await run({ seconds: 1000, cost: 5000, images: 100 });
    assert.ok(larger >= 15 && (larger * 5) / 1000 <= 1 / 10, `${larger} times`);
  });

  it('are not put off by a clock that is set back', async () => {
    const clock = new SimulatedClock();
    let written = 0;
    const checkpoints = new Checkpoints(() => {
      written++;
      return Promise.resolve();
    }, clock);
    clock.time -= 3_600_000;
    checkpoints.takeIfDue();
    assert.equal(written, 1);
  });

  it('go on after one that failed', async () => {
    const clock = new SimulatedClock();
    let tries = 0;
    const checkpoints = new Checkpoints(() => Promise.reject(new Error(`${++tries}`)), clock);
    for (let n = 0; n < 3; n++) {
      clock.time += 10_000;
      checkpoints.takeIfDue();
      await setImmediate();
    }
    assert.equal(tries, 3);
  });
});
