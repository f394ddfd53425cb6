import assert from 'node:assert/strict';
import type { TagLabel } from '../../../../src/adapters/onnx/tagger/tagLabels.ts';
import { tagsOf } from '../../../../src/adapters/onnx/tagger/tagsOf.ts';

const tag = (name: string, category: 'general' | 'character' | 'copyright' | 'artist' | 'meta'): TagLabel => ({
  kind: 'tag',
  name,
  category,
});
const LABELS: readonly TagLabel[] = [
  { kind: 'rating', rating: 'general' },
  { kind: 'rating', rating: 'sensitive' },
  { kind: 'rating', rating: 'questionable' },
  { kind: 'rating', rating: 'explicit' },
  tag('1girl', 'general'),
  tag('^_^', 'general'),
  tag('hatsune_miku', 'character'),
  tag('vocaloid', 'copyright'),
  tag('wlop', 'artist'),
  tag('highres', 'meta'),
];
const THRESHOLDS = { general: 0.5, character: 0.75 };
const scores = (...values: readonly number[]): Float32Array => Float32Array.from(values);
const quiet = [0, 0, 0, 0, 0, 0];

describe('tagsOf', () => {
  it('suggests what reaches its threshold, names asked for as characters are, the best first', () => {
    const { tags, tagScores } = tagsOf([scores(1, 0, 0, 0, 0.5, 0.75, 0.75, 0.7, 0.8, 0.5)], LABELS, THRESHOLDS);
    assert.deepEqual(tags, {
      general: ['^_^', '1girl'],
      character: ['hatsune_miku'],
      copyright: [],
      artist: ['wlop'],
      meta: ['highres'],
    });
    assert.deepEqual(tagScores, { wlop: 0.8, '^_^': 0.75, hatsune_miku: 0.75, '1girl': 0.5, highres: 0.5 });
  });

  it('takes the rating with the highest score, however low', () => {
    const ratingOf = (...values: readonly number[]) => tagsOf([scores(...values, ...quiet)], LABELS, THRESHOLDS).rating;
    assert.equal(ratingOf(0.9, 0.8, 0.1, 0.1), 'general');
    assert.equal(ratingOf(0.1, 0.3, 0.2, 0.1), 'sensitive');
    assert.equal(ratingOf(0, 0, 0.01, 0), 'questionable');
    assert.equal(ratingOf(0.4, 0.4, 0.4, 0.5), 'explicit');
  });

  it('takes the tags of an animation from its first frame, and the highest rating of all of them', () => {
    const first = scores(0.9, 0.1, 0, 0, 0.9, 0, 0, 0, 0, 0);
    const second = scores(0.1, 0, 0.9, 0, 0, 0.9, 0, 0, 0, 0);
    const third = scores(0.1, 0.9, 0, 0, 0, 0, 0, 0, 0, 0);
    const { tags, rating } = tagsOf([first, second, third], LABELS, THRESHOLDS);
    assert.deepEqual([tags.general, rating], [['1girl'], 'questionable']);
  });

  it('gives no rating where the tagger knows none', () => {
    const tagged = tagsOf([scores(0.9)], [tag('solo', 'general')], THRESHOLDS);
    assert.deepEqual([tagged.tags.general, 'rating' in tagged], [['solo'], false]);
  });
});
