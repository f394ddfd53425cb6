import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { CallGate } from '../../../src/adapters/onnx/callGate.ts';

/** The gate as the worker and as its owner have it. */
function gates(): { readonly inside: CallGate; readonly outside: CallGate } {
  const shared = CallGate.share();
  return { inside: new CallGate(shared), outside: new CallGate(shared) };
}

describe('CallGate', () => {
  it('hands on what the call gives or throws, one after the other', async () => {
    const { inside } = gates();
    assert.equal(await inside.through(async () => 7), 7);
    await assert.rejects(
      inside.through(() => Promise.reject(new Error('no memory'))),
      /no memory/,
    );
    assert.equal(await inside.through(async () => 8), 8);
  });

  it('closes at once when nobody is inside, and only after the call that is inside', async () => {
    await gates().outside.close();

    const { inside, outside } = gates();
    const order: string[] = [];
    const call = Promise.withResolvers<undefined>();
    const through = inside.through(() => call.promise).then(() => order.push('call done'));
    const closed = outside.close().then(() => order.push('closed'));
    await setImmediate();
    assert.deepEqual(order, []);
    call.resolve(undefined);
    await Promise.all([through, closed]);
    assert.deepEqual(order, ['call done', 'closed']);
  });

  it('lets nobody in once it is closed', async () => {
    const { inside, outside } = gates();
    outside.closeAtExit(0);
    const calls: string[] = [];
    void inside.through(async () => calls.push('in'));
    await setImmediate();
    assert.deepEqual(calls, []);
  });
});
