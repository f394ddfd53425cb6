import assert from 'node:assert/strict';
import { featuresOf } from '../../../src/core/learning/features.ts';
import { knownTags } from '../../../src/core/learning/knownTags.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { NO_TAGS, type TagSet } from '../../../src/core/model/tag.ts';

const waiting = (tags: Partial<TagSet>): ImageState => ({
  image: { id: 'i' as ImageId, path: '/in/a.jpg', size: 1, mtimeMs: 1 },
  stages: {
    search: {
      outcome: {
        kind: 'done',
        result: {
          verdict: 'found',
          match: { provider: 'danbooru-md5', url: '', tags: { ...NO_TAGS, ...tags }, sources: [] },
        },
      },
      ms: 1,
    },
  },
  operations: [],
});

describe('the tags that a person may mean', () => {
  it('are those of sorted images and then those of images that wait, the most frequent first, each with its kind', () => {
    const seen = featuresOf({
      tags: { ...NO_TAGS, general: ['blue_eyes', ':d', 'x:y'], character: ['miku'], meta: ['highres'] },
      rating: 'general',
      analysis: undefined,
    });
    const known = knownTags(seen, [
      waiting({ general: ['rare'], artist: ['somebody'] }),
      waiting({ general: ['blue_eyes', 'often'] }),
      waiting({ general: ['often'] }),
    ]);
    assert.deepEqual(
      [...known],
      [
        ['blue_eyes', 'general'],
        [':d', 'general'],
        ['x:y', 'general'],
        ['miku', 'character'],
        ['highres', 'meta'],
        ['often', 'general'],
        ['rare', 'general'],
        ['somebody', 'artist'],
      ],
    );
  });

  it('are none that were cut off to be learned', () => {
    const long = 'x'.repeat(300);
    const seen = featuresOf({
      tags: { ...NO_TAGS, general: [long] },
      analysis: undefined,
    });
    assert.deepEqual([...knownTags(seen, [])], []);
  });

  it('are of the kind that they had when images were sorted, whatever is suggested now; and none where nothing is', () => {
    const unknown: ImageState = { ...waiting({}), stages: {} };
    const known = knownTags(['character:miku'], [waiting({ general: ['miku'] }), unknown]);
    assert.deepEqual([...known], [['miku', 'character']]);
  });
});
