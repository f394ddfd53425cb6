import assert from 'node:assert/strict';
import { Batches } from '../../../../src/adapters/onnx/server/batches.ts';

/** Doubles numbers, a batch at a time, when told to. */
class Doubler {
  readonly sent: (readonly number[])[] = [];
  readonly release: (() => void)[] = [];
  send = (items: readonly number[]): Promise<readonly number[]> => {
    this.sent.push(items);
    return new Promise((resolve) => this.release.push(() => resolve(items.map((item) => 2 * item))));
  };
}

describe('Batches', () => {
  it('gathers what comes while a batch is under way, so many at most', async () => {
    const doubler = new Doubler();
    const batches = new Batches(3, doubler.send);
    const first = batches.add(1);
    await Promise.resolve();
    const others = [2, 3, 4, 5].map((item) => batches.add(item));
    doubler.release.shift()?.();
    assert.equal(await first, 2);
    doubler.release.shift()?.();
    assert.deepEqual(await Promise.all(others.slice(0, 3)), [4, 6, 8]);
    doubler.release.shift()?.();
    assert.equal(await others[3], 10);
    assert.deepEqual(doubler.sent, [[1], [2, 3, 4], [5]]);
  });

  it('lets those fail that went together, and goes on with the others', async () => {
    const batches = new Batches<number, number>(2, async (items) => {
      if (items.includes(2)) throw new Error('no twos');
      return items;
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((item) => batches.add(item)));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected', 'fulfilled'],
    );
  });
});
