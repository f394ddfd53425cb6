import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { readToHost, readToPanel } from '../../src/protocol/review.ts';

const id = '0123456789abcdef';

describe('The messages of the review panel', () => {
  it('are taken when they are what they should be', () => {
    const decide = { kind: 'decide', decision: 'approved', ids: [id] };
    assert.deepEqual(readToHost(decide), decide);
    assert.deepEqual(readToPanel({ kind: 'removed', ids: [id] }), { kind: 'removed', ids: [id] });
  });

  for (const message of [
    undefined,
    'ready',
    { kind: 'run', command: 'rm' },
    { kind: 'decide', decision: 'automatic', ids: [id] },
    { kind: 'open', id: '../../etc/passwd' },
  ]) {
    it(`are nothing to the host when they are ${inspect(message)}`, () => {
      assert.equal(readToHost(message), undefined);
    });
  }
});
