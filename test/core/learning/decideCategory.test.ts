import assert from 'node:assert/strict';
import { decideCategory } from '../../../src/core/learning/decideCategory.ts';

const choice = { category: 'Anime/Scenery', because: 'rule 3: tag scenery' };
const learned = (confidence: number) => ({
  category: 'Cats',
  confidence,
  corrections: 2,
  evidence: [{ feature: 'tag:cat', strength: 2.13 }],
});

describe('the category in the end', () => {
  it('is the learned one from the least confidence on, with what it is for', () => {
    assert.deepEqual(decideCategory(choice, learned(0.7), 0.7), {
      suggested: 'Anime/Scenery',
      learned: true,
      confidence: 0.7,
      final: 'Cats',
      because: 'tag cat (+2.1), 2 of your corrections',
    });
  });

  it('is that of the rules below it, or where nothing was learned', () => {
    assert.equal(decideCategory(choice, learned(0.69), 0.7).final, 'Anime/Scenery');
    const plain = { suggested: 'Anime/Scenery', learned: false, final: 'Anime/Scenery', because: choice.because };
    assert.deepEqual(decideCategory(choice, undefined, 0.7), plain);
  });
});
