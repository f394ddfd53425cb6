import assert from 'node:assert/strict';
import { summarize } from '../../../src/core/sidecar/summary.ts';

describe('a sidecar at a glance', () => {
  it('is its tags as readers see them, rating, stars, post and description', () => {
    const fields = {
      hierarchicalSubject: ['general|blue eyes', 'rating|explicit'],
      subject: ['not read'],
      rating: '4',
      source: 'https://example.org/1',
      description: 'two lines',
    };
    assert.deepEqual(summarize(fields), {
      tags: ['general/blue eyes', 'rating/explicit'],
      rating: 'explicit',
      stars: 4,
      source: 'https://example.org/1',
      description: 'two lines',
    });
  });

  it('leaves out what is not there, or is no number', () => {
    assert.deepEqual(summarize({}), { tags: [] });
    assert.deepEqual(summarize({ tagsList: ['a'], rating: 'many' }), { tags: ['a'] });
  });

  it('takes the rating from a tag of the rating alone', () => {
    for (const tag of ['rating:sensitive', 'rating/sensitive']) {
      assert.equal(summarize({ tagsList: ['general/x', tag] }).rating, 'sensitive', tag);
    }
    for (const tag of ['sensitive', 'rating/odd', 'mine/rating/sensitive', 'rating/sensitive/more']) {
      assert.equal(summarize({ tagsList: [tag] }).rating, undefined, tag);
    }
  });
});
