import assert from 'node:assert/strict';
import { parseDanbooruPost } from '../../../src/adapters/danbooru/parseDanbooruPost.ts';

const post = {
  id: 9900001,
  created_at: '2025-09-15T19:27:31.639-04:00',
  source: 'https://twitter.com/nine_herons/status/9100000000000000041',
  md5: '0123456789abcdef0123456789abcdef',
  rating: 's',
  image_width: 1200,
  image_height: 900,
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
      width: 1200,
      height: 900,
    });
  });

  it('takes no side that is not a number of pixels', () => {
    for (const side of [null, 0, -5, 1.5, '1200', 1e300]) {
      const read = parseDanbooruPost({ ...post, image_width: side });
      assert.ok(read);
      assert.deepEqual(['width' in read, read.height], [false, 900], String(side));
    }
    const read = parseDanbooruPost(without('image_width', 'image_height'));
    assert.ok(read);
    assert.deepEqual(['width' in read, 'height' in read], [false, false]);
  });

  it('reads the tags though something else of the post has a form that it does not know', () => {
    const odd = { ...post, created_at: { json_class: 'Time' }, md5: 'none', source: ['a'], pixiv_id: 'x', rating: 5 };
    const read = parseDanbooruPost(odd);
    assert.ok(read);
    assert.deepEqual(read.tags.artist, ['inkwell_otter']);
    assert.deepEqual([read.createdAt, read.md5, read.sources, read.rating], [undefined, undefined, [], undefined]);
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
    assert.deepEqual(['g', 's', 'q', 'e', null, 'x', 'constructor'].map(rating), [
      'general', 'sensitive', 'questionable', 'explicit', undefined, undefined, undefined,
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
