import assert from 'node:assert/strict';
import { fitLogistic, probability, type Example } from '../../../../scripts/models/style/logistic.ts';

describe('fitLogistic', () => {
  it('finds the line between two groups, whatever the scale of the values', () => {
    const examples: Example[] = [];
    for (let i = 0; i < 40; i++) {
      examples.push({ values: [1000 + (i % 7), (i % 5) / 1000], isYes: false });
      examples.push({ values: [1010 + (i % 7), (i % 5) / 1000], isYes: true });
    }
    const layer = fitLogistic(examples);
    assert.ok(probability(layer, [1000, 0.002]) < 0.1);
    assert.ok(probability(layer, [1016, 0.002]) > 0.9);
    assert.ok(Math.abs(probability(layer, [1008, 0.002]) - 0.5) < 0.15);
  });

  it('does not lean to the group with more examples', () => {
    const few = Array.from({ length: 5 }, (_, i): Example => ({ values: [i], isYes: true }));
    const many = Array.from({ length: 500 }, (_, i): Example => ({ values: [10 + (i % 5)], isYes: false }));
    const layer = fitLogistic([...few, ...many]);
    assert.ok(Math.abs(probability(layer, [7]) - 0.5) < 0.05, `${probability(layer, [7])}`);
  });
});
