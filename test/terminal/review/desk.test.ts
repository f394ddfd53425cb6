import assert from 'node:assert/strict';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { Desk, toggled } from '../../../src/terminal/review/desk.ts';
import { waiting } from '../../core/pipeline/waiting.ts';

describe('A decision in the terminal', () => {
  it('tells tags of other images from free text', () => {
    const desk = new Desk([waiting('a'), waiting('b', { general: ['fate/stay_night'] })], 0);
    for (const typed of ['Fate/stay night', 'Places/My_Home']) {
      const item = desk.current;
      assert.ok(item);
      const known = (name: string) => (name === 'fate/stay_night' ? 'general' : undefined);
      desk.change({ tags: toggled(item, typed, known) });
    }
    const decisions = desk.decide(desk.open(), 'approved');
    const [a, b] = ['a', 'b'].map((id) => decisions.get(id as ImageId));
    assert.deepEqual(a?.tags.general, ['sky', 'fate/stay_night', 'Places/My_Home']);
    assert.deepEqual(a.named, ['fate/stay_night']);
    assert.deepEqual(Object.keys(b ?? {}), ['decision', 'tags'], 'its own are known anyway');
  });
});
