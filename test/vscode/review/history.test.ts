import assert from 'node:assert/strict';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { History, type Change } from '../../../src/vscode/review/history.ts';

const change = (...ids: string[]): Change => ({
  what: { kind: 'skipped' },
  marks: ids.map((id) => ({ id: id as ImageId, before: {}, after: { status: 'skipped' } })),
});

describe('What can be undone', () => {
  it('is bounded, and always holds the last change', () => {
    const history = new History();
    for (let i = 0; i < 500; i++) history.add(change(`${i}`));
    assert.ok(history.state.done.length <= 200);
    const large = change(...Array.from({ length: 60_000 }, (_, i) => `${i}`));
    history.add(large);
    assert.equal(history.toUndo, large);
    assert.deepEqual(history.state.done, [large]);
  });

  it('loses the images for which a change did not come about, in their last change alone', () => {
    const history = new History();
    history.add(change('a'));
    history.add(change('a', 'b'));
    history.strike(['a'] as ImageId[], 'done');
    assert.deepEqual(
      history.toUndo?.marks.map(({ id }) => id),
      ['b'],
    );
    history.undo();
    history.strike(['b'] as ImageId[], 'undone');
    assert.equal(history.toRedo, undefined);
    assert.deepEqual(
      history.state.done.at(-1)?.marks.map(({ id }) => id),
      ['a'],
    );
  });
});
