import assert from 'node:assert/strict';
import { WarmCounts } from '../../../src/adapters/sqljs/warmCounts.ts';

describe('WarmCounts', () => {
  it('reads a feature once, keeps it up with what is added, and forgets it when it holds too many, also of unknown ones', () => {
    const asked: string[] = [];
    const warm = new WarmCounts((features) => {
      asked.push(...features);
      return features
        .filter((feature) => feature === 'a')
        .map((feature) => ({ feature, category: 'Cats', weight: 64 }));
    });
    assert.deepEqual(warm.weights(['a', 'b']), [{ feature: 'a', category: 'Cats', weight: 64 }]);
    warm.add([
      { feature: 'a', category: 'Cats', weight: 6 },
      { feature: 'not asked for', category: 'Cats', weight: 1 },
    ]);
    assert.deepEqual(warm.weights(['a', 'b']), [{ feature: 'a', category: 'Cats', weight: 70 }]);
    assert.deepEqual(asked, ['a', 'b']);

    for (let n = 0; n < 200_000; n++) warm.weights([`unknown ${n}`]);
    asked.length = 0;
    warm.weights(['a']);
    assert.deepEqual(asked, ['a']);
  });
});
