import assert from 'node:assert/strict';
import { parseSafebooru } from '../../../src/adapters/safebooru/parseSafebooru.ts';

const post = {
  preview_url: 'https://safebooru.org/thumbnails/990/thumbnail_0123456789abcdef0123456789abcdef01234567.jpg',
  hash: '0123456789abcdef0123456789abcdef',
  width: 2160,
  height: 1215,
  id: 9_906_006,
  image: '0123456789abcdef0123456789abcdef01234567.jpg',
  change: 1_757_694_622,
  owner: 'danbooru',
  rating: 'general',
  score: null,
  tags: 'aoi_hoshino grabbing_another&#039;s_arm &gt;:d &lt;o&gt;_&lt;o&gt; smile smile',
  source: 'https://example.org/work?id=1&amp;page=2',
  status: 'active',
};

describe('parseSafebooru', () => {
  it('reads a post, whose MD5 is called hash and whose tags have no categories', () => {
    assert.deepEqual(parseSafebooru([post]), [
      {
        ref: { site: 'safebooru', id: '9906006' },
        url: 'https://safebooru.org/index.php?page=post&s=view&id=9906006',
        tags: {
          general: ['aoi_hoshino', "grabbing_another's_arm", '>:d', '<o>_<o>', 'smile'],
          character: [],
          copyright: [],
          artist: [],
          meta: [],
        },
        rating: 'general',
        sources: ['https://example.org/work?id=1&page=2'],
        md5: '0123456789abcdef0123456789abcdef',
        width: 2160,
        height: 1215,
      },
    ]);
  });

  it('knows the words of its ratings, of before 2022 too', () => {
    const words = ['general', 'safe', 'sensitive', 'questionable', 'explicit', 'constructor', null];
    assert.deepEqual(
      words.map((rating) => parseSafebooru([{ ...post, rating }])?.[0]?.rating),
      ['general', 'general', 'sensitive', 'questionable', 'explicit', undefined, undefined],
    );
  });

  it('reads the tags though something else of the post has a form that it does not know', () => {
    const [read] = parseSafebooru([{ ...post, hash: '', width: '2160', height: 0, source: 5, rating: 1 }]) ?? [];
    assert.deepEqual(Object.keys(read ?? {}).toSorted(), ['ref', 'sources', 'tags', 'url']);
  });

  it('takes nothing else for a list of posts, Gelbooru’s envelope neither', () => {
    for (const value of [
      undefined,
      null,
      {},
      { '@attributes': { limit: 1, offset: 0, count: 1 }, post: [post] },
      [null],
      [{ ...post, id: 'x' }],
      [{ ...post, tags: undefined }],
    ]) {
      assert.equal(parseSafebooru(value), undefined, JSON.stringify(value));
    }
    assert.deepEqual(parseSafebooru([]), []);
  });
});
