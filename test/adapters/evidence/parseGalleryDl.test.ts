import assert from 'node:assert/strict';
import { parseGalleryDl } from '../../../src/adapters/evidence/parseGalleryDl.ts';
import { parseJson } from '../../../src/adapters/evidence/parseJson.ts';
import {
  ARTSTATION,
  DANBOORU,
  DANBOORU_WITH_LISTS,
  DEVIANTART,
  E621,
  GELBOORU,
  MD5,
  PIXIV,
  SAFEBOORU,
  TWITTER,
  YANDERE,
  YANDERE_SORTED,
} from './specimens.ts';

const ratingOf = (metadata: object) => parseGalleryDl(metadata)?.rating;

describe('parseGalleryDl', () => {
  it('reads a post of Danbooru, whether tags come in strings or in lists', () => {
    for (const metadata of [DANBOORU, DANBOORU_WITH_LISTS]) {
      assert.deepEqual(parseGalleryDl(metadata), {
        md5s: [MD5],
        posts: [
          { site: 'danbooru', id: '9900001' },
          { site: 'pixiv', id: '199100001' },
        ],
        sources: ['https://www.pixiv.net/artworks/199100001'],
        tags: {
          general: ['solo', 'smile'],
          character: ['aoi_hoshino_(starlit_harbor)'],
          copyright: ['starlit_harbor'],
          artist: ['inkwell_otter'],
          meta: ['highres'],
        },
        rating: 'sensitive',
        createdAt: '2025-09-15T19:27:31.639-04:00',
      });
    }
  });

  it('takes tags in no categories for general', () => {
    assert.deepEqual(parseGalleryDl(YANDERE), {
      md5s: [MD5],
      posts: [
        { site: 'yandere', id: '990051' },
        { site: 'pixiv', id: '199100001' },
      ],
      sources: ['https://www.pixiv.net/artworks/199100001'],
      tags: {
        general: ['armor', 'inkwell_otter', 'starlit_harbor', 'sword', 'tea_with_otters'],
        character: [],
        copyright: [],
        artist: [],
        meta: [],
      },
      rating: 'general',
      createdAt: '2012-01-01T00:00:00Z',
    });
  });

  it('reads the categories that were added from the page, circles as artists', () => {
    assert.deepEqual(parseGalleryDl(YANDERE_SORTED)?.tags, {
      general: ['armor', 'sword'],
      character: [],
      copyright: ['starlit_harbor'],
      artist: ['inkwell_otter', 'tea_with_otters'],
      meta: [],
    });
  });

  it('does not repeat under general what has a category', () => {
    assert.deepEqual(parseGalleryDl({ ...YANDERE, tags_artist: 'inkwell_otter' })?.tags, {
      general: ['armor', 'starlit_harbor', 'sword', 'tea_with_otters'],
      character: [],
      copyright: [],
      artist: ['inkwell_otter'],
      meta: [],
    });
  });

  it('undoes the escapes of Gelbooru, and knows its date to be in UTC', () => {
    const told = parseGalleryDl(GELBOORU);
    assert.deepEqual(told?.tags?.general, ['1girl', '>_<', 'don\'t_say_"lazy"', 'smile']);
    assert.deepEqual(told.posts, [
      { site: 'gelbooru', id: '9900004' },
      { site: 'twitter', id: '9100000000000000041' },
    ]);
    assert.deepEqual(told.sources, [
      'https://twitter.com/i/web/status/9100000000000000041',
      'https://example.com/a?b=1&c=2',
    ]);
    assert.equal(told.rating, 'questionable');
    assert.equal(told.createdAt, '2022-01-01T18:30:00Z');
  });

  it('reads a post whose numbers are text', () => {
    const told = parseGalleryDl(SAFEBOORU);
    assert.deepEqual(told?.posts, [{ site: 'safebooru', id: '990011' }]);
    assert.deepEqual(told.tags?.meta, ['tagme']);
    assert.equal(told.rating, 'general');
  });

  it('reads a post of e621, without the tags that are mistakes', () => {
    assert.deepEqual(parseGalleryDl(E621), {
      md5s: [MD5],
      posts: [
        { site: 'e621', id: '9900035' },
        { site: 'twitter', id: '9100000000000000041' },
      ],
      sources: ['https://www.furaffinity.net/view/1', 'https://twitter.com/i/web/status/9100000000000000041'],
      tags: {
        general: ['smile', 'solo', 'otter'],
        character: ['inky_(inkwell)'],
        copyright: ['starlit_harbor'],
        artist: ['inkwell_otter'],
        meta: ['hi_res'],
      },
      rating: 'general',
      createdAt: '2022-05-16T13:58:38.877-04:00',
    });
  });

  it('reads artist and title where the site has no tags that boorus share', () => {
    assert.deepEqual(parseGalleryDl(PIXIV), {
      md5s: [],
      posts: [{ site: 'pixiv', id: '199100001' }],
      sources: [],
      artist: '川獺インク',
      title: '《 港の夜 》',
      createdAt: '2024-03-09T18:00:12+09:00',
    });
    assert.deepEqual(parseGalleryDl(DEVIANTART), {
      md5s: [],
      posts: [{ site: 'deviantart', id: '612345678' }],
      sources: ['https://www.deviantart.com/inkwellotter/art/Harbor-Night-612345678'],
      artist: 'InkwellOtter',
      title: "Harbor Night, or 'Rain'",
      createdAt: '2016-06-01T10:20:30Z',
    });
    assert.deepEqual(parseGalleryDl(ARTSTATION), {
      md5s: [],
      posts: [{ site: 'artstation', id: 'LQ0Jr9' }],
      sources: [],
      artist: 'Inkwell Otter',
      title: 'Harbor study',
      createdAt: '2017-12-30T18:52:04.123-06:00',
    });
  });

  it('loses no digit of a tweet’s number', () => {
    assert.deepEqual(parseGalleryDl(parseJson(TWITTER, 'a.json')), {
      md5s: [],
      posts: [{ site: 'twitter', id: '9100000000000000041' }],
      sources: [],
      artist: 'nine_herons',
      createdAt: '2024-02-29T23:59:59Z',
    });
  });

  it('takes the MD5 and tags of a booru that it does not know, and no rating that is another one elsewhere', () => {
    const metadata = {
      category: 'aibooru',
      subcategory: 'post',
      id: 5,
      md5: MD5.toUpperCase(),
      tags_artist: ['otter'],
    };
    assert.deepEqual(parseGalleryDl({ ...metadata, rating: 's' }), {
      md5s: [MD5],
      posts: [],
      sources: [],
      tags: { general: [], character: [], copyright: [], artist: ['otter'], meta: [] },
    });
    assert.equal(ratingOf({ ...metadata, rating: 'Explicit' }), 'explicit');
  });

  it('knows the rating letters of every era', () => {
    assert.equal(ratingOf({ ...DANBOORU, rating: 'g' }), 'general');
    assert.equal(ratingOf({ ...DANBOORU, rating: 'q' }), 'questionable');
    assert.equal(ratingOf({ ...DANBOORU, rating: 'e' }), 'explicit');
    assert.equal(ratingOf({ ...DANBOORU, media_asset: undefined }), 'general');
    assert.equal(ratingOf({ ...GELBOORU, rating: 'sensitive' }), 'sensitive');
    for (const rating of ['', 'x', null, 1, ['s']]) assert.equal(ratingOf({ ...YANDERE, rating }), undefined);
  });

  it('keeps only addresses of the web, of a length that addresses have', () => {
    for (const source of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'my own scan',
      'https://a:b@example.com/',
      null,
    ]) {
      assert.deepEqual(parseGalleryDl({ ...YANDERE, source })?.sources, [], String(source));
    }
  });

  it('keeps no control character, and takes no essay for a tag or a title', () => {
    const odd = {
      ...DANBOORU_WITH_LISTS,
      tags_general: ['solo\u0000\n-execute', 'blue  eyes', '\u0007', 'x'.repeat(201)],
    };
    assert.deepEqual(parseGalleryDl(odd)?.tags?.general, ['solo_-execute', 'blue_eyes']);
    assert.equal(parseGalleryDl({ ...PIXIV, title: 'a\u0000\r\nb' })?.title, 'a b');
    assert.equal('title' in parseGalleryDl({ ...PIXIV, title: 'x'.repeat(501) })!, false);
  });

  it('does not let one odd field spoil the others', () => {
    const odd = {
      ...DANBOORU,
      md5: 'none',
      source: 7,
      rating: {},
      created_at: 'yesterday',
      date: '1970-01-01 00:00:00',
    };
    assert.deepEqual(Object.keys(parseGalleryDl(odd) ?? {}), ['md5s', 'posts', 'sources', 'tags']);
    for (const id of [0, -1, 1.5, 1e300, '../1', 'avatar', '', null, undefined, {}]) {
      assert.deepEqual(parseGalleryDl({ ...PIXIV, id }), undefined, JSON.stringify(id));
    }
  });

  it('takes nothing else for metadata of gallery-dl', () => {
    for (const value of [
      null,
      undefined,
      'danbooru',
      [],
      [[2, { category: 'danbooru' }]],
      {},
      { category: 7, id: 1 },
      { category: 'danbooru' },
      { category: 'unheard of', id: 1, md5: MD5 },
      { category: 'unheard of', subcategory: 'post', id: 1, tags: ['art', 'mine'] },
      { category: '__proto__', subcategory: 'x' },
      { title: 'IMG_2041.jpg', photoTakenTime: { timestamp: '1577836800' }, url: 'https://photos.google.com/photo/x' },
      { name: 'package', version: '1.0.0' },
    ]) {
      assert.equal(parseGalleryDl(value), undefined, JSON.stringify(value));
    }
  });
});
