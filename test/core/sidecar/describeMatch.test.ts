import assert from 'node:assert/strict';
import type { Match } from '../../../src/core/model/match.ts';
import { describeMatch } from '../../../src/core/sidecar/describeMatch.ts';

const match = (more: Partial<Match>): Match =>
  ({
    provider: 'saucenao',
    url: 'https://www.example.org/posts/1',
    tags: [],
    sources: [],
    ...more,
  }) as unknown as Match;

describe('where an image was found, in a line', () => {
  for (const [line, more] of [
    [
      'Matched on Danbooru via SauceNAO (93.4 % similarity)',
      { post: { site: 'danbooru', id: '1' }, similarity: 93.44 },
    ],
    ['Matched on yande.re by MD5', { provider: 'yandere-md5', post: { site: 'yandere', id: '1' }, similarity: 100 }],
    [
      'Matched on Konachan via IQDB (100 % similarity)',
      { provider: 'iqdb', post: { site: 'konachan', id: '1' }, similarity: 100 },
    ],
    [
      'Matched on Danbooru via its image search (88 % similarity)',
      { provider: 'danbooru-iqdb', post: { site: 'danbooru', id: '1' }, similarity: 88 },
    ],
    ['Matched on pixiv by the name of the file', { provider: 'file-name', post: { site: 'pixiv', id: '1' } }],
    ['Matched on example.org by the file beside it', { provider: 'file-beside' }],
    ['Matched via SauceNAO', { url: 'no address' }],
  ] as const) {
    it(line, () => assert.equal(describeMatch(match(more as unknown as Partial<Match>)), line));
  }
});
