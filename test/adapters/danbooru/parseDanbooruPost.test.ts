import assert from 'node:assert/strict';
import { parseDanbooruPost } from '../../../src/adapters/danbooru/parseDanbooruPost.ts';

const post = {
  id: 9900001,
  created_at: '2025-09-15T19:27:31.639-04:00',
  source: 'https://twitter.com/nine_herons/status/9100000000000000041',
  md5: '0123456789abcdef0123456789abcdef',
  rating: 's',
  pixiv_id: null,
  is_deleted: false,
  is_banned: false,
  media_asset: { id: 1, md5: '0123456789abcdef0123456789abcdef' },
  tag_string: 'aoi_hoshino inkwell_otter smile solo',
  tag_string_general: 'solo smile  solo',
  tag_string_character: 'aoi_hoshino_(starlit_harbor)',
  tag_string_copyright: 'starlit_harbor',
  tag_string_artist: 'inkwell_otter',
  tag_string_meta: '',
};

const without = (...keys: readonly string[]) =>
  Object.fromEntries(Object.entries(post).filter(([key]) => !keys.includes(key)));

describe('parseDanbooruPost', () => {
  it('reads tags by category, rating, file and sources', () => {
    assert.deepEqual(parseDanbooruPost(post), {
      ref: { site: 'danbooru', id: '9900001' },
      url: 'https://danbooru.donmai.us/posts/9900001',
      tags: {
        general: ['solo', 'smile'],
        character: ['aoi_hoshino_(starlit_harbor)'],
        copyright: ['starlit_harbor'],
        artist: ['inkwell_otter'],
        meta: [],
      },
      rating: 'sensitive',
      sources: ['https://twitter.com/i/web/status/9100000000000000041'],
      md5: '0123456789abcdef0123456789abcdef',
      createdAt: '2025-09-15T19:27:31.639-04:00',
    });
  });

  it('reads the tags of a restricted post, whose keys are missing', () => {
    const restricted = { ...without('md5'), media_asset: { id: 1 }, is_banned: true };
    const read = parseDanbooruPost(restricted);
    assert.ok(read);
    assert.equal('md5' in read, false);
    assert.deepEqual(read.tags.artist, ['inkwell_otter']);
    assert.equal(read.rating, 'sensitive');
  });

  it('reads a deleted post like any other', () => {
    assert.deepEqual(parseDanbooruPost({ ...post, is_deleted: true }), parseDanbooruPost(post));
  });

  it('knows the rating letters of every era', () => {
    const rating = (letter: string | null) => parseDanbooruPost({ ...post, rating: letter })?.rating;
    assert.deepEqual(['g', 's', 'q', 'e', null, 'x'].map(rating), [
      'general', 'sensitive', 'questionable', 'explicit', undefined, undefined,
    ]); // prettier-ignore
    const before2022 = { ...without('media_asset', 'tag_string_meta'), is_rating_locked: false };
    assert.equal(parseDanbooruPost(before2022)?.rating, 'general');
    assert.equal(parseDanbooruPost({ ...before2022, rating: 'q' })?.rating, 'questionable');
  });

  it('shows the work on pixiv once, by its page', () => {
    const drawn = {
      ...post,
      pixiv_id: 199100001,
      source: 'https://i.pximg.net/img-original/img/2024/03/09/18/00/12/199100001_p0.png',
    };
    assert.deepEqual(parseDanbooruPost(drawn)?.sources, ['https://www.pixiv.net/artworks/199100001']);
  });

  it('takes a source that is no address for none', () => {
    for (const source of ['', 'my own scan', 'file:///etc/passwd', null]) {
      assert.deepEqual(parseDanbooruPost({ ...post, source })?.sources, [], String(source));
    }
  });

  it('takes nothing else for a post', () => {
    for (const value of [
      null,
      [],
      'post',
      {},
      { id: 1 },
      { ...post, id: '1' },
      { ...post, id: -1 },
      without('tag_string_general'),
    ]) {
      assert.equal(parseDanbooruPost(value), undefined, JSON.stringify(value));
    }
  });
});
