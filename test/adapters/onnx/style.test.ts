import assert from 'node:assert/strict';
import { styleOf, suggestiveOf, type ClassScores } from '../../../src/adapters/onnx/style.ts';

const scores = (some: Partial<ClassScores>): ClassScores => ({
  drawing: 0,
  hentai: 0,
  neutral: 0,
  porn: 0,
  sexy: 0,
  ...some,
});

describe('styleOf', () => {
  it('calls a picture drawn when the two drawn classes are high', () => {
    for (const some of [{ drawing: 1 }, { hentai: 1 }, { drawing: 0.6, hentai: 0.3, neutral: 0.1 }]) {
      const { style, confidence } = styleOf(scores(some));
      assert.equal(style, 'drawing');
      assert.ok(confidence >= 0.7 && confidence <= 1, `${confidence}`);
    }
  });

  it('calls it a photograph when they are next to nothing', () => {
    for (const some of [{ neutral: 1 }, { neutral: 0.5, sexy: 0.49, drawing: 0.01 }, { porn: 0.5, sexy: 0.5 }]) {
      const { style, confidence } = styleOf(scores(some));
      assert.equal(style, 'photo');
      assert.ok(confidence >= 0.7 && confidence <= 1, `${confidence}`);
    }
  });

  it('is unsure in between, and tells how far the better side came', () => {
    for (const some of [
      { drawing: 0.2, hentai: 0.01, neutral: 0.79 },
      { drawing: 0.4, hentai: 0.005, neutral: 0.5, sexy: 0.095 },
    ]) {
      const { style, confidence } = styleOf(scores(some));
      assert.equal(style, 'unsure');
      assert.ok(confidence >= 0.5 && confidence < 0.7, `${confidence}`);
    }
  });

  it('takes drawn art that shows skin for drawn, not for a photograph', () => {
    assert.equal(styleOf(scores({ drawing: 0.3, hentai: 0.5, porn: 0.1, sexy: 0.1 })).style, 'drawing');
    assert.notEqual(styleOf(scores({ drawing: 0.4, hentai: 0.2, sexy: 0.4 })).style, 'photo');
  });

  it('goes from photograph over unsure to drawing as the drawn classes rise', () => {
    const styles = [0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1].map(
      (drawn) => styleOf(scores({ drawing: drawn * 0.9, hentai: drawn * 0.1, neutral: 1 - drawn })).style,
    );
    assert.deepEqual([...new Set(styles)], ['photo', 'unsure', 'drawing']);
    assert.deepEqual(
      styles,
      styles.toSorted((a, b) => rank[a] - rank[b]),
    );
  });
});

const rank = { photo: 0, unsure: 1, drawing: 2 } as const;

describe('suggestiveOf', () => {
  it('adds up the classes of skin, and never gives more than 1, however the numbers were rounded', () => {
    assert.equal(suggestiveOf(scores({ drawing: 0.5, neutral: 0.25, sexy: 0.25 })), 0.25);
    assert.equal(suggestiveOf(scores({ hentai: 0.5, porn: 0.3, sexy: 0.2000001 })), 1);
  });
});
