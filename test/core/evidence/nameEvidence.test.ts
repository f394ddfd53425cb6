import assert from 'node:assert/strict';
import { nameEvidence } from '../../../src/core/evidence/nameEvidence.ts';

const MD5 = '0123456789abcdef0123456789abcdef';
const OTHER = 'fedcba9876543210fedcba9876543210';
const SHA1 = `${MD5}01234567`;
const SHA256 = MD5 + OTHER;

const md5sIn = (name: string) => nameEvidence(name).md5s;
const postsIn = (name: string) => nameEvidence(name).posts.map(({ site, id }) => `${site} ${id}`);

describe('nameEvidence', () => {
  describe('finds the MD5 in', () => {
    for (const name of [
      `${MD5}.jpg`,
      MD5,
      `${MD5.toUpperCase()}.PNG`,
      `__aoi_hoshino_starlit_harbor_drawn_by_inkwell_otter__${MD5}.jpg`,
      `__aoi_hoshino_starlit_harbor_drawn_by_inkwell_otter__sample-${MD5}.jpg`,
      `__original_drawn_by_猫_ねこ__${MD5}.webp`,
      `sample-${MD5}.jpg`,
      `sample_${MD5}.jpg`,
      `danbooru_123456_${MD5}.jpg`,
      `rule34_123456_${MD5}.jpeg`,
      `猫${MD5}猫.jpg`,
      `${MD5} (1).jpg`,
      `${MD5}(2).jpg`,
      `${MD5} - Copy.jpg`,
      `${MD5} - コピー (3).jpg`,
      `${MD5}~1.jpg`,
      `${MD5} copy 2.jpg`,
      `artist%20-%20${MD5}.jpg`,
    ]) {
      it(name, () => assert.deepEqual(md5sIn(name), [MD5]));
    }
  });

  describe('finds no MD5 in', () => {
    for (const [what, name] of [
      ['a SHA-1', `${SHA1}.jpg`],
      ['a SHA-1 behind Gelbooru’s word', `sample_${SHA1}.jpg`],
      ['a SHA-256', `${SHA256}.jpg`],
      ['a UUID', '550e8400-e29b-41d4-a716-446655440000.jpg'],
      ['a hash that goes on in letters', `${MD5}xyz.jpg`],
      ['a hash that begins in letters', `xyz${MD5}.jpg`],
      ['31 digits', `${MD5.slice(1)}.jpg`],
      ['a long number', `${'1234567890'.repeat(3)}12.jpg`],
      ['nothing', ''],
    ] as const) {
      it(what, () => assert.deepEqual(nameEvidence(name), { md5s: [], posts: [] }));
    }
  });

  it('gives two MD5s in their order, and the same one once', () => {
    assert.deepEqual(md5sIn(`${OTHER} ${MD5} ${OTHER}.jpg`), [OTHER, MD5]);
  });

  describe('finds the post in', () => {
    const posts: readonly (readonly [name: string, post: string])[] = [
      [`danbooru_123456_${MD5}.jpg`, 'danbooru 123456'],
      [`danbooru_77_${MD5}.jpg`, 'danbooru 77'],
      ['danbooru_123456.jpg', 'danbooru 123456'],
      ['danbooru_123456', 'danbooru 123456'],
      ['danbooru_12345.jpg', 'danbooru 12345'],
      ['Danbooru - 7654321 (1).png', 'danbooru 7654321'],
      ['danbooru-7654321 - Copy.png', 'danbooru 7654321'],
      ['danbooru_7654321~1.png', 'danbooru 7654321'],
      ['danbooru.donmai.us_7654321.png', 'danbooru 7654321'],
      ['danbooru.donmai.us - 7654321 - aoi_hoshino.png', 'danbooru 7654321'],
      ['yande.re 377441 armor ouzoku sword.jpg', 'yandere 377441'],
      ['yande.re 377441 sample armor ouzoku.jpg', 'yandere 377441'],
      ['yande.re%20377441%20armor%20ouzoku.jpg', 'yandere 377441'],
      ['yande.re_377441_armor_ouzoku.jpg', 'yandere 377441'],
      ['yande.re 99.jpg', 'yandere 99'],
      [`yandere_51824_${MD5}.jpg`, 'yandere 51824'],
      ['Konachan.com - 123456 animal_ears original.jpg', 'konachan 123456'],
      ['Konachan.com%20-%20123456%20sample%20animal_ears.jpg', 'konachan 123456'],
      ['Konachan.com_-_123456_animal_ears.png', 'konachan 123456'],
      ['Konachan.net - 42 original.png', 'konachan 42'],
      [`konachan_205189_${MD5}.png`, 'konachan 205189'],
      [`gelbooru_313638_${MD5}.jpeg`, 'gelbooru 313638'],
      ['gelbooru.com 10123456.png', 'gelbooru 10123456'],
      [`safebooru_1169132_${MD5}.jpg`, 'safebooru 1169132'],
      [`e621_3181052_${MD5}.png`, 'e621 3181052'],
      [`e926_3181052_${MD5}.png`, 'e621 3181052'],
      [`sankaku_360451_${MD5}.jpg`, 'sankaku 360451'],
      ['zerochan_1234567.jpg', 'zerochan 1234567'],
      ['anime-pictures_654321.jpg', 'anime-pictures 654321'],
      ['deviantart_612345678_Harbor Night.png', 'deviantart 612345678'],
      ['12345678_p0.jpg', 'pixiv 12345678'],
      ['12345678_p0 (2).jpg', 'pixiv 12345678'],
      ['12345678_p0~1.jpg', 'pixiv 12345678'],
      ['12345678_p12_master1200.jpg', 'pixiv 12345678'],
      ['12345678_p0_custom1200.jpg', 'pixiv 12345678'],
      ['12345678_p0 - 港の夜.png', 'pixiv 12345678'],
      ['12345_p00.png', 'pixiv 12345'],
      ['19910001_big_p3.jpg', 'pixiv 19910001'],
      ['199100001_ugoira0.png', 'pixiv 199100001'],
      [`99100001-${MD5}_p0.png`, 'pixiv 99100001'],
      ['illust_88888888_20210401_123456.jpg', 'pixiv 88888888'],
      ['illust_88888888_20210401_123456 (1).png', 'pixiv 88888888'],
      ['pixiv_12345678.jpg', 'pixiv 12345678'],
      ['pixiv 12345678 harbor night.jpg', 'pixiv 12345678'],
      ['pixiv_12345678_p1.jpg', 'pixiv 12345678'],
      ['pixiv_991000_9910001_p00.jpg', 'pixiv 9910001'],
      ['9100000000000000041_1.jpg', 'twitter 9100000000000000041'],
      ['9100000000000000041_4 (1).png', 'twitter 9100000000000000041'],
      ['910000000000000041_2 - Copy.jpg', 'twitter 910000000000000041'],
      ['twitter_9100000000000000041.jpg', 'twitter 9100000000000000041'],
      ['twitter_9100000000000000041_2.jpg', 'twitter 9100000000000000041'],
    ];
    for (const [name, post] of posts) it(name, () => assert.deepEqual(postsIn(name), [post]));
  });

  describe('finds no post in', () => {
    for (const name of [
      'IMG_20200101_p0.jpg',
      'IMG_2041.jpg',
      'DSC_0001.JPG',
      '20230101_123456.jpg',
      '20230101_123456_1.jpg',
      '20230101123456789_1.jpg',
      'PXL_20230101_123456789.jpg',
      '12345678.jpg',
      '12345678 (1).jpg',
      '2023_p1.jpg',
      '12345678_page.jpg',
      'danbooru.jpg',
      'danbooru 100 sketches.jpg',
      'danbooru_20230101.jpg',
      'danbooru_1234.jpg',
      'danbooru_123456abc.jpg',
      'my danbooru_123456.jpg',
      'danbooru_0123456.jpg',
      'pixiv_20230101.jpg',
      'pixiv_991000_9910001.jpg',
      'illust_12345678.jpg',
      'nijie_1234567_7654321_p0.jpg',
      'artstation_12345678_7654321_Harbor.jpg',
      'twitter_12345.jpg',
      'FxYz_12AbCdEfGh.jpg',
      '9100000000000000041.jpg',
      '9100000000000000041_orig.jpg',
      '910000000000000004112_1.jpg',
      '123456789012345678_1234567890_n.jpg',
      '550e8400-e29b-41d4-a716-446655440000.jpg',
      `${SHA256}.jpg`,
      '夕焼けの湖 🌄.webp',
      '',
    ]) {
      it(name || 'an empty name', () => assert.deepEqual(postsIn(name), []));
    }
  });

  it('has an answer for names of any kind and length', () => {
    for (const piece of ['a', '0', '_', ' ', '%20', '-', 'f_', '12345678_p', 'danbooru_', '🌄', '\ud800', MD5]) {
      for (const length of [255, 100_000]) {
        const name = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
        assert.deepEqual(nameEvidence(name).posts, [], piece);
        assert.deepEqual(nameEvidence(`${name} ${MD5}.jpg`).md5s, [MD5], piece);
      }
    }
  });
});
