import assert from 'node:assert/strict';
import { candidatesOf } from '../../../src/adapters/saucenao/candidates.ts';
import { parseSauceNao, type SauceNaoReply } from '../../../src/adapters/saucenao/parseSauceNao.ts';
import { shownMessage } from '../../../src/adapters/saucenao/shownMessage.ts';

const account = {
  user_id: '990042',
  account_type: '1',
  short_limit: '4',
  long_limit: '100',
  long_remaining: 98,
  short_remaining: 3,
};
const result = (similarity: unknown, data: Readonly<Record<string, unknown>> = {}) => ({
  header: {
    similarity,
    thumbnail: 'https://img3.saucenao.com/a.jpg?auth=abc&exp=1673985600',
    index_id: 9,
    index_name: 'x',
  },
  data,
});
const body = (header: object, results?: unknown): string =>
  JSON.stringify({ header: { ...account, status: 0, ...header }, ...(results !== undefined && { results }) });
const message = (status: number, text: string): string => JSON.stringify({ header: { status, message: text } });

function hitsOf(reply: SauceNaoReply) {
  assert.ok(reply.kind === 'results', reply.kind);
  return reply.hits;
}

describe('parseSauceNao', () => {
  it('reads similarities of every type, weak and negative ones, and the limits as they are stated', () => {
    const reply = parseSauceNao(
      200,
      body({ minimum_similarity: 16.119999999999997 }, [
        result('93.41'),
        result('0.0638999999999'),
        result('-4.04'),
        result(12),
      ]),
    );
    assert.deepEqual(
      hitsOf(reply).map(({ similarity }) => similarity),
      [93.41, 0.0638999999999, -4.04, 12],
    );
    assert.partialDeepStrictEqual(reply, {
      minimumSimilarity: 16.119999999999997,
      partial: false,
      limits: { shortLimit: 4, shortRemaining: 3, longLimit: 100, longRemaining: 98 },
    });
  });

  it('reads the limits and the account in every type that they have had', () => {
    for (const drift of [
      { user_id: 0, account_type: 0, results_requested: '16', short_limit: 4, long_limit: 100 },
      { user_id: '990042', account_type: '1', results_requested: 16, long_remaining: '98', short_remaining: '3' },
    ]) {
      const reply = parseSauceNao(200, body({ ...drift, minimum_similarity: -2.5 }, [result('40')]));
      assert.partialDeepStrictEqual(reply, {
        kind: 'results',
        minimumSimilarity: -2.5,
        limits: { shortLimit: 4, shortRemaining: 3, longLimit: 100, longRemaining: 98 },
      });
    }
  });

  it('reads an answer without results, whatever stands in for them', () => {
    for (const text of [
      body({}),
      body({}, null),
      body({ index: [{ id: 0 }] }, []),
      body({ index: { '': {} } }, null),
    ]) {
      assert.deepEqual(hitsOf(parseSauceNao(200, text)), []);
    }
  });

  it('reads an answer behind a byte order mark', () => {
    assert.equal(parseSauceNao(200, `\ufeff${body({}, [])}`).kind, 'results');
  });

  it('passes over an odd result, but takes nothing but odd ones for no answer', () => {
    assert.equal(hitsOf(parseSauceNao(200, body({}, [null, result('much'), result('50')]))).length, 1);
    assert.equal(parseSauceNao(200, body({}, [null, result('much')])).kind, 'bad-answer');
    assert.equal(parseSauceNao(200, body({}, 'none')).kind, 'bad-answer');
  });

  it('marks an answer in which indexes failed', () => {
    assert.partialDeepStrictEqual(parseSauceNao(200, body({ status: 2 }, [])), { kind: 'results', partial: true });
    // one index alone says 1 in good answers too
    const index = { '12': { status: 1, parent_id: 9, id: 12 } };
    assert.partialDeepStrictEqual(parseSauceNao(200, body({ index }, [])), { kind: 'results', partial: false });
  });

  const short =
    "<strong>Search Rate Too High.</strong><br /><br />Some One, basic accounts share an IP based usage pool. Your IP (203.0.113.7) has exceeded the basic account type's rate limit of 6 searches every 30 seconds.";
  const daily =
    "<strong>Daily Search Limit Exceeded.</strong><br /><br />Some One, basic accounts share an IP based usage pool. Your IP (203.0.113.7) has exceeded the basic account type's daily limit of 200 searches.";
  const verdicts: readonly (readonly [name: string, status: number, text: string, reply: SauceNaoReply])[] = [
    ['the short limit', 429, message(-2, short), { kind: 'short-limit', limit: 6 }],
    ['the short limit with status 200', 200, message(-2, short), { kind: 'short-limit', limit: 6 }],
    ['a 429 that is a web page', 429, '<html>Too Many Requests</html>', { kind: 'short-limit' }],
    ['the daily limit', 429, message(-2, daily), { kind: 'daily-limit', limit: 200 }],
    ['too many failures', 429, message(-2, 'Too many failed search attempts, try later.'), { kind: 'cooling-down' }],
    ['a missing or unknown key', 403, message(-1, 'The anonymous account type does not permit API usage.'), { kind: 'key-refused' }],
    ['the same with status 200', 200, message(-1, 'The anonymous account type does not permit API usage.'), { kind: 'key-refused' }],
    ['a check for browsers', 403, '<html><head><title>Just a moment...</title></head></html>', { kind: 'blocked' }],
    ['another page with status 403', 403, '<html>Forbidden</html>', { kind: 'blocked' }],
    ['a picture too large for the server', 413, '<html>413</html>', { kind: 'too-large' }],
    ['a picture too large for the search', 200, message(-5, 'too large'), { kind: 'too-large' }],
    ['a failing server', 502, '<html>Bad Gateway</html>', { kind: 'failure', message: 'SauceNAO answers with status 502', limits: {} }],
    [
      'its page of errors',
      200,
      '<html><head><title>SauceNAO Error</title></head><body><br />\nYou need an Image! <a href="/index.php">BACK</a></body></html>',
      { kind: 'failure', message: 'SauceNAO could not search: You need an Image! BACK', limits: {} },
    ],
    [
      'a search that failed',
      200,
      body({ status: -3, message: 'Specified file no longer exists!' }),
      { kind: 'failure', message: 'SauceNAO could not search: Specified file no longer exists!', limits: { shortLimit: 4, shortRemaining: 3, longLimit: 100, longRemaining: 98 } },
    ],
    ['a page of maintenance', 200, '<html>Down for maintenance</html>', { kind: 'bad-answer', message: 'SauceNAO answers with something that is not its JSON' }],
    ['other JSON', 200, '{"posts":[]}', { kind: 'bad-answer', message: 'SauceNAO answers with something that is not its JSON' }],
  ]; // prettier-ignore
  for (const [name, status, text, reply] of verdicts) {
    it(`knows ${name}`, () => assert.deepEqual(parseSauceNao(status, text), reply));
  }
});

describe('shownMessage', () => {
  it('shows neither markup nor the name of the account nor an address', () => {
    const shown = shownMessage(
      "<strong>Search Rate Too High.</strong><br /><br />Some One, basic accounts share an IP based usage pool. Your IP (203.0.113.7) is known, as is 2001:db8::17.<br />See the <a href='user.php'>upgrades page</a>.",
    );
    assert.equal(
      shown,
      'Search Rate Too High. basic accounts share an IP based usage pool. Your IP ((address)) is known, as is (address). See the upgrades page.',
    );
    const anonymous = shownMessage(
      "<b>Too High.</b><br />203.0.113.7, your IP has exceeded the unregistered user's rate limit.",
    );
    assert.equal(anonymous, "Too High. your IP has exceeded the unregistered user's rate limit.");
  });
});

describe('candidatesOf SauceNAO', () => {
  it('takes ids from the fields of a merged hit, Danbooru first, and keeps no signed thumbnail and no series for a title', () => {
    const [candidate, ...others] = candidatesOf([
      {
        similarity: 93.33,
        data: {
          ext_urls: [
            'https://gelbooru.com/index.php?page=post&s=view&id=9900004',
            'https://danbooru.donmai.us/post/show/9900001',
          ],
          gelbooru_id: 9900004,
          danbooru_id: 9900001,
          yandere_id: 990002,
          'anime-pictures_id': 990009,
          creator: ['nine herons', 'inkwell otter'],
          material: 'starlit harbor, moon atelier',
          source: '',
        },
      },
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(candidate, {
      similarity: 93.33,
      url: 'https://danbooru.donmai.us/posts/9900001',
      posts: [
        { site: 'danbooru', id: '9900001' },
        { site: 'yandere', id: '990002' },
        { site: 'gelbooru', id: '9900004' },
        { site: 'anime-pictures', id: '990009' },
      ],
      sources: ['https://gelbooru.com/index.php?page=post&s=view&id=9900004'],
      artist: 'nine herons, inkwell otter',
    });
  });

  it('makes one candidate of a work on pixiv and the booru post that names it', () => {
    const candidates = candidatesOf([
      {
        similarity: 93.33,
        data: { danbooru_id: 9900001, source: 'http://i1.pixiv.net/img-original/img/2015/12/16/00/55/44/99000011' },
      },
      { similarity: 90.02, data: { pixiv_id: 99000012, title: 'Another' } },
      { similarity: 93.41, data: { pixiv_id: 99000011, title: '灯台', member_name: 'かわうそ' } },
    ]);
    assert.deepEqual(candidates, [
      {
        similarity: 93.41,
        url: 'https://danbooru.donmai.us/posts/9900001',
        posts: [{ site: 'danbooru', id: '9900001' }, { site: 'pixiv', id: '99000011' }],
        sources: ['https://www.pixiv.net/artworks/99000011'],
        artist: 'かわうそ',
        title: '灯台',
      },
      { similarity: 90.02, url: 'https://www.pixiv.net/artworks/99000012', posts: [{ site: 'pixiv', id: '99000012' }], sources: [], title: 'Another' },
    ]); // prettier-ignore
  });

  it('leaves another page of the same work by itself: its tags are not the picture’s', () => {
    const candidates = candidatesOf([
      { similarity: 95, data: { pixiv_id: 99000011 } },
      { similarity: 72, data: { danbooru_id: 9900001, source: 'https://www.pixiv.net/artworks/99000011' } },
    ]);
    assert.deepEqual(
      candidates.map(({ similarity, posts }) => ({ similarity, sites: posts.map(({ site }) => site) })),
      [
        { similarity: 95, sites: ['pixiv'] },
        { similarity: 72, sites: ['danbooru', 'pixiv'] },
      ],
    );
  });

  it('keeps the digits of a tweet and decodes what is escaped in a title', () => {
    const [tweet, art, book] = candidatesOf([
      { similarity: 90, data: { tweet_id: '9100000000000000041', twitter_user_handle: 'nine_herons' } },
      {
        similarity: 89,
        data: { da_id: 9990034000, title: 'Merry X&#039;mas <b>all</b>', author_name: null, creator: 'Unknown' },
      },
      { similarity: 88, data: { source: 'Tea with Otters', eng_name: '' } },
    ]);
    assert.deepEqual(tweet?.posts, [{ site: 'twitter', id: '9100000000000000041' }]);
    assert.equal(tweet.artist, 'nine_herons');
    assert.equal(art?.title, "Merry X'mas all");
    assert.equal(art.artist, undefined);
    // a hit without any address is a hit all the same
    assert.deepEqual(book, { similarity: 88, url: '', posts: [], sources: [], title: 'Tea with Otters' });
  });
});
