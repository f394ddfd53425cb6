import assert from 'node:assert/strict';
import { parseMoebooru } from '../../../src/adapters/moebooru/parseMoebooru.ts';

const post = {
  id: 990_002,
  tags: 'aoi_hoshino inkwell_otter otter_works scanning_artifacts smile starlit_harbor smile',
  created_at: 1_726_568_030,
  creator_id: 990_001,
  author: 'sample_user',
  source: 'https://i.pximg.net/img-original/img/2024/06/30/00/00/20/199100001_p0.jpg',
  md5: '0123456789abcdef0123456789abcdef',
  file_url: 'https://files.yande.re/image/0123456789abcdef0123456789abcdef/990002.jpg',
  rating: 's',
  status: 'active',
  width: 3049,
  height: 5330,
};
const types = {
  aoi_hoshino: 'character',
  inkwell_otter: 'artist',
  otter_works: 'circle',
  scanning_artifacts: 'faults',
  smile: 'general',
  starlit_harbor: 'copyright',
};
const without = (...keys: readonly string[]) =>
  Object.fromEntries(Object.entries(post).filter(([key]) => !keys.includes(key)));

describe('parseMoebooru', () => {
  it('reads tags by category, circles as artists and faults as meta, rating, file, size and time', () => {
    assert.deepEqual(parseMoebooru('yandere', { posts: [post], pools: [], tags: types, votes: {} }), [
      {
        ref: { site: 'yandere', id: '990002' },
        url: 'https://yande.re/post/show/990002',
        tags: {
          general: ['smile'],
          character: ['aoi_hoshino'],
          copyright: ['starlit_harbor'],
          artist: ['inkwell_otter', 'otter_works'],
          meta: ['scanning_artifacts'],
        },
        rating: 'general',
        sources: ['https://www.pixiv.net/artworks/199100001'],
        md5: '0123456789abcdef0123456789abcdef',
        createdAt: '2024-09-17T10:13:50.000Z',
        width: 3049,
        height: 5330,
      },
    ]);
  });

  it('takes all tags as general where no types are told, or types that it does not know', () => {
    const names = ['aoi_hoshino', 'inkwell_otter', 'otter_works', 'scanning_artifacts', 'smile', 'starlit_harbor'];
    for (const body of [
      [post],
      { posts: [post] },
      { posts: [post], tags: null },
      { posts: [post], tags: [] },
      { posts: [post], tags: { aoi_hoshino: 'style', inkwell_otter: 4, starlit_harbor: null } },
    ]) {
      const [read] = parseMoebooru('konachan', body) ?? [];
      assert.deepEqual(read?.tags, { general: names, character: [], copyright: [], artist: [], meta: [] });
      assert.deepEqual(
        [read.ref, read.url],
        [{ site: 'konachan', id: '990002' }, 'https://konachan.com/post/show/990002'],
      );
    }
  });

  it('knows its three ratings, of which safe is general', () => {
    const ratings = ['s', 'q', 'e', 'g', undefined, 1, 'constructor'].map(
      (rating) => parseMoebooru('yandere', [{ ...post, rating }])?.[0]?.rating,
    );
    assert.deepEqual(ratings, ['general', 'questionable', 'explicit', undefined, undefined, undefined, undefined]);
  });

  it('reads a hidden post, which has no address of its file', () => {
    const [hidden] = parseMoebooru('yandere', [{ ...without('file_url', 'md5'), status: 'deleted' }]) ?? [];
    assert.ok(hidden);
    assert.equal('md5' in hidden, false);
    assert.equal(hidden.tags.general.length, 6);
  });

  it('reads the tags though something else of the post has a form that it does not know', () => {
    const odd = { ...post, created_at: 'yesterday', md5: '?', source: null, width: 0, height: '5330' };
    const [read] = parseMoebooru('yandere', [odd]) ?? [];
    assert.deepEqual(Object.keys(read ?? {}).toSorted(), ['rating', 'ref', 'sources', 'tags', 'url']);
    assert.equal(parseMoebooru('yandere', [{ ...post, created_at: 1e15 }])?.[0]?.createdAt, undefined);
  });

  it('reads a list without posts', () => {
    assert.deepEqual(parseMoebooru('yandere', []), []);
    assert.deepEqual(parseMoebooru('yandere', { posts: [], tags: {} }), []);
  });

  it('takes nothing else for a list of posts', () => {
    for (const value of [
      undefined,
      null,
      'posts',
      {},
      { posts: {} },
      { success: false, reason: 'not found' },
      [null],
      [{ ...post, id: '1' }],
      [without('tags')],
    ]) {
      assert.equal(parseMoebooru('yandere', value), undefined, JSON.stringify(value));
    }
  });
});
