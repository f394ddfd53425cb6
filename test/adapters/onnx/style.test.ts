import assert from 'node:assert/strict';
import { styleOf, type ClassScores } from '../../../src/adapters/onnx/style.ts';

const scores = (some: Partial<ClassScores>): ClassScores => ({
  drawing: 0,
  hentai: 0,
  neutral: 0,
  porn: 0,
  sexy: 0,
  ...some,
});

describe('styleOf', () => {
  it('calls a picture drawn when the two drawn classes together are certain', () => {
    assert.deepEqual(styleOf(scores({ drawing: 0.5, hentai: 0.25, neutral: 0.25 })), {
      style: 'drawing',
      confidence: 0.75,
    });
  });

  it('calls it a photograph when the three photographed classes together are certain', () => {
    assert.deepEqual(styleOf(scores({ drawing: 0.25, neutral: 0.25, porn: 0.25, sexy: 0.25 })), {
      style: 'photo',
      confidence: 0.75,
    });
  });

  it('is sure from 0.7 on, on both sides, and says so of nothing in between', () => {
    const of = (drawing: number) => styleOf(scores({ drawing, neutral: 1 - drawing })).style;
    assert.deepEqual([0.29, 0.3, 0.31, 0.69, 0.7, 0.71].map(of), [
      'photo',
      'photo',
      'unsure',
      'unsure',
      'drawing',
      'drawing',
    ]);
  });

  it('tells of an unsure picture how far the better side came', () => {
    assert.deepEqual(styleOf(scores({ drawing: 0.375, neutral: 0.625 })), { style: 'unsure', confidence: 0.625 });
    assert.deepEqual(styleOf(scores({ hentai: 0.625, sexy: 0.375 })), { style: 'unsure', confidence: 0.625 });
  });

  it('never gives more than 1, however the numbers were rounded', () => {
    assert.deepEqual(styleOf(scores({ drawing: 0.6, hentai: 0.4000001 })), { style: 'drawing', confidence: 1 });
  });
});
