import assert from 'node:assert/strict';
import { orderedPosts, pageOfPost, postOfAddress, webAddress } from '../../../src/adapters/http/postAddress.ts';

describe('postOfAddress', () => {
  const cases: readonly (readonly [address: string, site: string, id: string])[] = [
    ['https://danbooru.donmai.us/post/show/9900001', 'danbooru', '9900001'],
    ['//danbooru.donmai.us/posts/9900001', 'danbooru', '9900001'],
    ['https://yande.re/post/show/990002', 'yandere', '990002'],
    ['//konachan.net/post/show/990003', 'konachan', '990003'],
    ['//gelbooru.com/index.php?page=post&s=view&id=9900004', 'gelbooru', '9900004'],
    ['https://safebooru.org/index.php?page=post&s=view&id=990005', 'safebooru', '990005'],
    ['https://chan.sankakucomplex.com/post/show/990006', 'sankaku', '990006'],
    ['https://chan.sankakucomplex.com/en/posts/aBc9XyZ', 'sankaku', 'aBc9XyZ'],
    ['http://e-shuushuu.net/image/990007/', 'e-shuushuu', '990007'],
    ['http://www.zerochan.net/990008', 'zerochan', '990008'],
    ['//anime-pictures.net/pictures/view_post/990009?lang=en', 'anime-pictures', '990009'],
    ['https://anime-pictures.net/posts/990009', 'anime-pictures', '990009'],
    ['https://e621.net/posts/990010', 'e621', '990010'],
    ['https://www.pixiv.net/member_illust.php?mode=medium&illust_id=99000011', 'pixiv', '99000011'],
    ['https://www.pixiv.net/en/artworks/99000011', 'pixiv', '99000011'],
    ['https://i.pximg.net/img-original/img/2022/12/07/21/46/33/99000011', 'pixiv', '99000011'],
    ['http://i1.pixiv.net/img-original/img/2015/12/16/00/55/44/99000011_p0.jpg', 'pixiv', '99000011'],
    ['http://img10.pixiv.net/img/somebody2000/99000011.jpg', 'pixiv', '99000011'],
    ['https://twitter.com/i/web/status/9100000000000000041', 'twitter', '9100000000000000041'],
    ['https://x.com/nine_herons/status/9100000000000000041?s=20', 'twitter', '9100000000000000041'],
    ['https://skeb.jp//@velvet_quill/works/12', 'skeb', '@velvet_quill/works/12'],
    ['https://deviantart.com/view/9990034000', 'deviantart', '9990034000'],
    ['https://www.artstation.com/artwork/aB3xY', 'artstation', 'aB3xY'],
    ['https://nijie.info/view.php?id=99012', 'nijie', '99012'],
  ];
  for (const [address, site, id] of cases) {
    it(`finds post ${id} of ${site} in ${address}, and again in the page that it shows`, () => {
      assert.deepEqual(postOfAddress(webAddress(address)!), { site, id });
      assert.deepEqual(postOfAddress(webAddress(pageOfPost({ site, id } as never)!)!), { site, id });
    });
  }

  it('takes no list, user or foreign host for a post', () => {
    for (const address of [
      'https://gelbooru.com/index.php?page=post&s=list&md5=0123456789abcdef0123456789abcdef',
      'https://www.pixiv.net/users/99000011',
      'https://example.org/danbooru.donmai.us/posts/1',
      'https://danbooru.donmai.us.example.org/posts/1',
      'https://chan.sankakucomplex.com/post/show/',
    ]) {
      assert.equal(postOfAddress(webAddress(address)!), undefined, address);
    }
  });

  it('takes only web addresses without a login in them', () => {
    for (const text of ['', 'Some Title', 'javascript:alert(1)', 'file:///etc/passwd', 'https://me:pw@example.org/']) {
      assert.equal(webAddress(text), undefined, text);
    }
  });

  it('puts the site with the best kept tags first and drops repeats', () => {
    const pixiv = { site: 'pixiv', id: '1' } as const;
    const danbooru = { site: 'danbooru', id: '1' } as const;
    assert.deepEqual(orderedPosts([pixiv, { ...danbooru }, danbooru]), [danbooru, pixiv]);
  });
});
