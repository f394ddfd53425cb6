import assert from 'node:assert/strict';
import { Gather } from '../../../src/core/sync/gather.ts';

describe('Gather', () => {
  it('puts together what comes while a batch is under way, and answers each its own', async () => {
    const batches: number[][] = [];
    let release: (() => void) | undefined;
    const gather = new Gather<number, string>(async (items) => {
      batches.push([...items]);
      if (batches.length === 1) await new Promise<void>((resolve) => (release = resolve));
      return items.map((item) => (item === 3 ? { error: new Error('three') } : { value: `<${item}>` }));
    }, 3);
    const first = gather.add(1);
    await new Promise((resolve) => setImmediate(resolve));
    const others = [2, 3, 4, 5].map((item) => gather.add(item));
    release?.();
    assert.equal(await first, '<1>');
    assert.deepEqual(
      (await Promise.allSettled(others)).map((one) =>
        one.status === 'fulfilled' ? one.value : (one.reason as Error).message,
      ),
      ['<2>', 'three', '<4>', '<5>'],
    );
    assert.deepEqual(batches, [[1], [2, 3, 4], [5]]);
  });

  it('rejects all of a batch that broke, and takes the next one', async () => {
    let broken = true;
    const gather = new Gather<number, number>((items) => {
      if (broken) return Promise.reject(new Error('broken'));
      return Promise.resolve(items.map((value) => ({ value })));
    }, 10);
    const both = await Promise.allSettled([gather.add(1), gather.add(2)]);
    assert.deepEqual(
      both.map((one) => one.status),
      ['rejected', 'rejected'],
    );
    broken = false;
    assert.equal(await gather.add(3), 3);
    await gather.idle();
  });
});
