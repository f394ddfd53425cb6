import assert from 'node:assert/strict';
import { candidatesOf } from '../../../src/adapters/iqdb/candidates.ts';
import { parseIqdb } from '../../../src/adapters/iqdb/parseIqdb.ts';

const md5 = (digit: string): string => digit.repeat(32);
const thumb = (folder: string, digit: string): string => `/${folder}/${digit}/${digit}/${digit}/${md5(digit)}.jpg`;

function table(
  heading: string,
  href: string,
  src: string,
  similarity: string,
  size = '1703×2459 [Safe]',
  about = 'Rating: s',
): string {
  return (
    `<div><table>${heading && `<tr><th>${heading}</th></tr>`}<tr><td class='image'><a href="${href}"><img src='${src}' alt="${about}" title="${about}"></a></td></tr>` +
    `<tr><td><img alt="icon" src="/icon/x.ico" class="service-icon">Service</td></tr><tr><td>${size}</td></tr><tr><td>${similarity}% similarity</td></tr></table></div>\n`
  );
}

const script =
  "<script><!--\nfunction queue(num) { x='your query has been queued. Place in queue: '+num; }\n--></script>";
const head = `<html><head><title>Multi-service image search - Search results</title>${script}</head><body><h1>Multi-service image search</h1>\n`;
const yours = `<div id='pages' class='pages'><div><table><tr><th>Your image</th></tr><tr><td class='image'><img src='/thu/thu_7ad870eb.jpg'></td></tr><tr><td>a.jpg</td></tr></table></div>`;
const page = (...parts: readonly string[]): string => [head, yours, ...parts, '</div></body></html>'].join('');

describe('parseIqdb', () => {
  it('reads best, additional and other rows, protocol-relative and unescaped addresses, rows without a size', () => {
    const reply = parseIqdb(
      page(
        table('Best match', '//gelbooru.com/index.php?page=post&s=view&id=9900004', thumb('gelbooru', 'a'), '96'),
        table('Additional match', '//danbooru.donmai.us/posts/9900001', thumb('danbooru', 'a'), '95', '[Safe]'),
        table('Additional match', 'http://www.theanimegallery.com/image/5', thumb('anigal', 'b'), '60'),
        table('', 'https://yande.re/post/show/990002', thumb('moe.imouto', 'c'), '31'),
      ),
    );
    assert.deepEqual(reply, {
      kind: 'matches',
      rows: [
        { similarity: 96, url: 'https://gelbooru.com/index.php?page=post&s=view&id=9900004', post: { site: 'gelbooru', id: '9900004' }, rating: 'general', md5: md5('a') },
        { similarity: 95, url: 'https://danbooru.donmai.us/posts/9900001', post: { site: 'danbooru', id: '9900001' }, rating: 'general', md5: md5('a') },
        { similarity: 60, url: 'http://www.theanimegallery.com/image/5', rating: 'general', md5: md5('b') },
      ],
      weaker: [{ similarity: 31, url: 'https://yande.re/post/show/990002', post: { site: 'yandere', id: '990002' }, rating: 'general', md5: md5('c') }],
    }); // prettier-ignore
  });

  it('makes one candidate of the rows of one file, Danbooru first', () => {
    const reply = parseIqdb(
      page(
        table('Best match', '//chan.sankakucomplex.com/post/show/990006', thumb('sankaku', 'a'), '96'),
        table('Additional match', '//danbooru.donmai.us/posts/9900001', thumb('danbooru', 'a'), '95'),
        table('Additional match', '//konachan.com/post/show/990003', thumb('konachan', 'b'), '90'),
      ),
    );
    assert.ok(reply.kind === 'matches');
    assert.deepEqual(candidatesOf(reply.rows), [
      {
        similarity: 96,
        url: 'https://danbooru.donmai.us/posts/9900001',
        posts: [{ site: 'danbooru', id: '9900001' }, { site: 'sankaku', id: '990006' }],
        sources: ['https://chan.sankakucomplex.com/post/show/990006'],
        rating: 'general',
        md5: md5('a'),
      },
      { similarity: 90, url: 'https://konachan.com/post/show/990003', posts: [{ site: 'konachan', id: '990003' }], sources: [], rating: 'general', md5: md5('b') },
    ]); // prettier-ignore
  });

  it('tells the strictest rating of the rows of one file, and none for what is unrated', () => {
    const rated = (...ratings: readonly string[]): unknown => {
      const rows = ratings.map((rating, n) =>
        table(
          n === 0 ? 'Best match' : 'Additional match',
          `//konachan.com/post/show/${n + 1}`,
          thumb('x', 'a'),
          '96',
          rating,
        ),
      );
      const reply = parseIqdb(page(...rows));
      assert.ok(reply.kind === 'matches');
      return candidatesOf(reply.rows)[0]?.rating;
    };
    assert.equal(rated('[Safe]'), 'general');
    assert.equal(rated('1703×2459 [Ero]'), 'questionable');
    assert.equal(rated('[Safe]', '1703×2459 [Explicit]', '[Unrated]'), 'explicit');
    assert.equal(rated('[Unrated]'), undefined);
  });

  const tagsOf = (href: string, about: string): readonly string[] | undefined => {
    const reply = parseIqdb(page(table('Best match', href, thumb('x', 'a'), '96', '[Safe]', about)));
    assert.ok(reply.kind === 'matches');
    return reply.rows[0]?.tags;
  };

  it('reads the tags of a thumbnail, between blanks or commas as the site has them', () => {
    const blanks = 'Rating: s Score: -2 Tags:  1girl another&#039;s_hand fate/stay_night 1girl ';
    for (const href of [
      '//danbooru.donmai.us/posts/9900001',
      '//gelbooru.com/index.php?page=post&s=view&id=9900004',
      'https://yande.re/post/show/990002',
      '//konachan.com/post/show/990003',
      'https://chan.sankakucomplex.com/post/show/990006',
    ]) {
      assert.deepEqual(tagsOf(href, blanks), ['1girl', "another's_hand", 'fate/stay_night'], href);
    }
    assert.deepEqual(
      tagsOf(
        '//anime-pictures.net/pictures/view_post/990009?lang=en',
        ' Score: 44 Tags: long hair,nine herons (artist)',
      ),
      ['long_hair', 'nine_herons_(artist)'],
    );
    assert.deepEqual(tagsOf('http://www.zerochan.net/990008', 'Rating: q Tags: Female, Long Hair, Starlit Harbor'), [
      'female',
      'long_hair',
      'starlit_harbor',
    ]);
  });

  it('reads no tags where there are none, or none that can be told apart', () => {
    for (const [href, about] of [
      ['//danbooru.donmai.us/posts/9900001', '[IMG]'],
      ['//danbooru.donmai.us/posts/9900001', 'Rating: s Score: 10.00'],
      ['//danbooru.donmai.us/posts/9900001', 'Rating: s Tags: '],
      ['http://e-shuushuu.net/image/990007/', '[IMG]'],
      ['//anime-pictures.net/pictures/view_post/990009', 'Score: 56 Tags:  black hair game cg girl'],
      ['http://www.theanimegallery.com/image/5', 'Rating: s Tags: long hair, girl'],
    ] as const) {
      assert.equal(tagsOf(href, about), undefined, about);
    }
  });

  it('gives a candidate the tags of the site that keeps them best, all under general', () => {
    const about = (tags: string): string => `Rating: s Tags: ${tags}`;
    const reply = parseIqdb(
      page(
        table(
          'Best match',
          '//chan.sankakucomplex.com/post/show/990006',
          thumb('sankaku', 'a'),
          '96',
          '[Safe]',
          about('megane solo'),
        ),
        table(
          'Additional match',
          'https://yande.re/post/show/990002',
          thumb('moe.imouto', 'a'),
          '95',
          '[Safe]',
          about('glasses'),
        ),
        table(
          'Additional match',
          '//danbooru.donmai.us/posts/9900001',
          thumb('danbooru', 'a'),
          '95',
          '[Safe]',
          '[IMG]',
        ),
      ),
    );
    assert.ok(reply.kind === 'matches');
    assert.deepEqual(candidatesOf(reply.rows)[0]?.tags, {
      general: ['glasses'],
      character: [],
      copyright: [],
      artist: [],
      meta: [],
    });
  });

  it('accepts no possible match of a page that says there is no relevant one', () => {
    for (const wrap of ['<div>', "<div class='nomatch'>"]) {
      const nothing = `${wrap}<table><tr><th>No relevant matches</th></tr><tr><td>Could not find your image</td></tr></table></div>`;
      const reply = parseIqdb(
        page(nothing, table('Possible match', '//danbooru.donmai.us/posts/9900001', thumb('danbooru', 'a'), '91')),
      );
      assert.equal(reply.kind, 'no-match');
      assert.equal(reply.rows[0]?.similarity, 91);
    }
  });

  it('reads the results that follow a queue in the same page', () => {
    const queue = `<div id='queue'>...</div>\n<script>queue('4','0');</script>\n<script>queue('2','0');</script>\n`;
    const row = table('Best match', '//danbooru.donmai.us/posts/9900001', thumb('danbooru', 'a'), '96');
    assert.equal(parseIqdb(head + queue + yours + row).kind, 'matches');
    assert.equal(parseIqdb(head + queue).kind, 'unfinished');
  });

  it('takes a page that is cut off for no answer, wherever the cut is before its first row', () => {
    const whole = page(table('Best match', '//danbooru.donmai.us/posts/9900001', thumb('danbooru', 'a'), '96'));
    for (let length = head.length; length < whole.indexOf('similarity'); length++) {
      assert.equal(parseIqdb(whole.slice(0, length)).kind, 'unfinished', whole.slice(length - 30, length));
    }
    assert.equal(parseIqdb(whole).kind, 'matches');
  });

  it('finds the error that comes with status 200', () => {
    const error = `<!-- Failed... -3 --><div class='flow'><div class='err'>File <b>a.jpg</b> too large (27520 KB)<br>Sorry.</div></div><form><table><tr><th>x</th></tr></table></form>`;
    assert.deepEqual(parseIqdb(head + error), {
      kind: 'refused',
      tooLarge: true,
      message: 'File a.jpg too large (27520 KB) Sorry.',
    });
  });

  it('takes no other page for its own', () => {
    for (const html of ['', 'ok', '<html><title>413 - Request entity too large</title></html>', '{"posts":[]}']) {
      assert.deepEqual(parseIqdb(html), { kind: 'foreign' });
    }
  });

  it('is not held up by a page of endless nesting', () => {
    assert.deepEqual(parseIqdb(`${head}<table><tr><td class='image'>${'<div>'.repeat(100_000)}`), { kind: 'foreign' });
  });
});
