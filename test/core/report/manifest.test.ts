import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import { resultOf, type ImageState } from '../../../src/core/model/imageState.ts';
import { manifestStates } from '../../../src/core/preview/manifestStates.ts';
import { manifestEntry } from '../../../src/core/report/manifest.ts';

const analysis = (style: Analysis['style']): Analysis => ({
  style,
  styleConfidence: 0.9,
  scores: {},
  persons: [],
  model: 'model',
  width: 3,
  height: 2,
  processingMs: 1,
});

const state = (style: Analysis['style']): ImageState => ({
  image: { id: '1' as ImageId, path: '/inbox/a.jpg', size: 1, mtimeMs: 0 },
  stages: { analyze: { outcome: { kind: 'done', result: analysis(style) }, ms: 1 } },
  operations: [],
});

describe('an image in the manifest', () => {
  for (const [style, words] of [
    ['drawing', 'anime style illustration'],
    ['photo', 'realistic photograph'],
    ['unsure', 'unsure'],
  ] as const) {
    it(`has its style in words, which are understood again: ${words}`, () => {
      const entry = manifestEntry(state(style));
      const told = JSON.stringify({ ...entry, sha256: 'a', destination: '/sorted/a.jpg' });
      assert.match(told, new RegExp(`"style":"${words}"`));
      const [read] = [...manifestStates(`{"images":[${told}]}`)];
      assert.equal(read && resultOf(read.state, 'analyze')?.style, style);
    });
  }
});
