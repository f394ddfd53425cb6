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

  it('is for the three things that speak most for it, of those that do', () => {
    const why = (strengths: readonly number[], corrections: number): string => {
      const evidence = strengths.map((strength, n) => ({ feature: `tag:t${n}`, strength }));
      return decideCategory(choice, { ...learned(0.9), evidence, corrections }, 0.7).because;
    };
    assert.equal(why([2.13, 1, 0.5, 0.4, -3], 7), 'tag t0 (+2.1), tag t1 (+1.0), tag t2 (+0.5), 7 of your corrections');
    assert.equal(
      why([0.05, 0.04, -1], 1),
      'tag t0 (+0.1), 1 of your corrections',
      'what is rounded to nothing is none',
    );
  });
});
