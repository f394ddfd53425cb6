import assert from 'node:assert/strict';
import { loadSamplePosts } from './samplePosts.ts';
import { sampleSaucenaoKey, Saucenao, unlimited } from './saucenao.ts';
import { form, reduced, sampleBytes } from './upload.ts';

interface Body {
  readonly header: Readonly<Record<string, unknown>>;
  readonly results?:
    | readonly {
        readonly header: Readonly<Record<string, unknown>>;
        readonly data: Readonly<Record<string, unknown>>;
      }[]
    | null;
}

describe('the SauceNAO stand-in', () => {
  let saucenao: Saucenao;
  let now = Date.parse('2025-01-01T00:00:00Z');

  before(async () => {
    saucenao = await new Saucenao(await loadSamplePosts(), { now: () => now }).start();
  });
  after(() => saucenao.close());
  beforeEach(() => {
    saucenao.setLimits(unlimited);
    saucenao.forget();
  });

  function search(query: string, picture?: Buffer): Promise<Response> {
    const url = `${saucenao.url}/search.php?output_type=2&${query}`;
    return fetch(url, picture === undefined ? {} : { method: 'POST', body: form('file', picture, 'image.jpg') });
  }
  async function find(query: string, picture: Buffer): Promise<Body> {
    return (await (await search(`api_key=${sampleSaucenaoKey}&${query}`, picture)).json()) as Body;
  }

  it('recognises a reduced picture and merges the boorus into one hit, behind a Pixiv hit of less similarity', async () => {
    const { header, results } = await find('numres=6&db=999', await reduced('downloads/linnea_moon_p0.jpg'));
    assert.equal(header['status'], 0);
    assert.equal(header['results_requested'], 6);
    assert.equal(results?.length, 6);
    const [pixiv, booru, junk] = results;
    assert.equal(pixiv?.data['pixiv_id'], 199_100_003);
    assert.equal(booru?.header['index_id'], 9);
    assert.equal(booru.data['danbooru_id'], 99_100_003);
    assert.equal(booru.data['gelbooru_id'], 99_700_003);
    assert.equal(booru.data['characters'], 'linnea (moon/atelier)');
    assert.equal(typeof booru.header['similarity'], 'string');
    assert.ok(Number(booru.header['similarity']) >= 90);
    assert.ok(Number(pixiv.header['similarity']) < Number(booru.header['similarity']));
    assert.ok(Number(junk?.header['similarity']) < Number(header['minimum_similarity']));
    assert.match(String(booru.header['thumbnail']), /\?auth=[\w-]{22}&exp=\d{10}$/);
  });

  it('answers status 0 with weak results alone when nothing matches', async () => {
    const { header, results } = await find('', await reduced('camera/coffee break.jpeg'));
    assert.equal(header['status'], 0);
    assert.equal(header['results_requested'], '16');
    assert.equal(results?.length, 16);
    for (const result of results) {
      assert.ok(Number(result.header['similarity']) < Math.min(55, Number(header['minimum_similarity'])));
    }
    assert.equal(saucenao.counts.get('no-match'), 1);
  });

  it('does not know what only other searches have', async () => {
    const { results } = await find('', await reduced('downloads/2024 夏/ステージ ♪.avif'));
    assert.ok(results?.every(({ data }) => data['danbooru_id'] === undefined));
  });

  it('writes JSON as PHP does', async () => {
    const response = await search(`api_key=${sampleSaucenaoKey}`, await reduced('downloads/linnea_moon_p0.jpg'));
    const text = await response.text();
    assert.match(text, /https:\\\/\\\/danbooru\.donmai\.us\\\/post\\\/show\\\/99100003/);
    assert.match(text, /"title":"\\u6708\\u306e\\u5de5\\u623f \\u0026 /);
    assert.doesNotMatch(text, /[^\\]\/|&/);
  });

  it('searches only the indexes that are asked for, and lists them as PHP serialises them', async () => {
    const picture = await reduced('aoi hoshino - harbor night.png');
    const pixivOnly = await find('dbs[]=5&dbs[]=9&db=25', picture);
    assert.deepEqual(Object.keys(pixivOnly.header['index'] as object), ['5', '9']);
    assert.deepEqual(
      Object.keys(pixivOnly.results?.[1]?.data ?? {}).filter((key) => key.endsWith('_id')),
      ['danbooru_id'],
    );
    assert.ok(Array.isArray((await find('db=0', picture)).header['index']));
    const disabled = await find('db=15', picture);
    assert.equal(disabled.results, null);
    assert.equal('index' in disabled.header, false);
    assert.equal((await find('dbmask=16777216', picture)).results?.[0]?.data['gelbooru_id'], 99_700_001);
  });

  it('counts the searches down and refuses the fifth within 30 seconds, until the first is that old', async () => {
    saucenao.setLimits({ short: { limit: 4, seconds: 30 }, long: { limit: 100, seconds: 86_400 } });
    const picture = await reduced('camera/IMG_2041.jpg');
    const first = await find('', picture);
    assert.deepEqual(
      ['short_limit', 'short_remaining', 'long_limit', 'long_remaining'].map((key) => first.header[key]),
      ['4', 3, '100', 99],
    );
    for (let i = 0; i < 3; i++) await find('', picture);
    const refused = await search(`api_key=${sampleSaucenaoKey}`, picture);
    assert.equal(refused.status, 429);
    const { header } = (await refused.json()) as Body;
    assert.deepEqual(Object.keys(header), ['status', 'message']);
    assert.equal(header['status'], -2);
    assert.match(String(header['message']), /^<strong>Search Rate Too High\.<\/strong>.* 4 searches every 30 seconds/);
    now += 30_001;
    assert.equal((await find('', picture)).header['short_remaining'], 3);
  });

  it('refuses for the day when the long window is used up', async () => {
    saucenao.setLimits({ short: { limit: 10, seconds: 30 }, long: { limit: 2, seconds: 86_400 } });
    const picture = await reduced('camera/IMG_2041.jpg');
    await find('', picture);
    assert.equal((await find('', picture)).header['long_remaining'], 0);
    now += 60_000;
    const refused = await search(`api_key=${sampleSaucenaoKey}`, picture);
    assert.equal(refused.status, 429);
    assert.match(await refused.text(), /Daily Search Limit Exceeded.*daily limit of 2 searches/);
    now += 86_400_000;
    assert.equal((await search(`api_key=${sampleSaucenaoKey}`, picture)).status, 200);
  });

  it('wants a key that it knows, and says so without account fields', async () => {
    for (const query of ['', 'api_key=wrong']) {
      const refused = await search(query, await reduced('camera/IMG_2041.jpg'));
      assert.equal(refused.status, 403);
      assert.deepEqual(await refused.json(), {
        header: { status: -1, message: 'The anonymous account type does not permit API usage.' },
      });
    }
  });

  it('tells a broken or unsupported picture with status -3 and HTTP 200', async () => {
    for (const picture of ['downloads/broken download.png', "scans/vampire's supper.tiff"]) {
      const { header, results } = await find('', await sampleBytes(picture));
      assert.equal(header['status'], -3);
      assert.equal(header['account_type'], '1');
      assert.equal(results, undefined);
    }
  });

  it('answers with a web page when there is no picture at all', async () => {
    const response = await search(`api_key=${sampleSaucenaoKey}`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await response.text(), /<title>SauceNAO Error<\/title>[^]*You need an Image!/);
  });

  it('searches for its banner by address, one result an index, and can fetch nothing else', async () => {
    const key = `api_key=${sampleSaucenaoKey}`;
    const banner = (await (
      await search(`${key}&testmode=1&url=http://saucenao.com/images/static/banner.gif`)
    ).json()) as Body;
    const indexes = banner.results?.map(({ header }) => header['index_id']);
    assert.equal(banner.header['status'], 0);
    assert.equal(new Set(indexes).size, indexes?.length);
    const gone = (await (await search(`${key}&url=https://example.org/a.png`)).json()) as Body;
    assert.equal(gone.header['status'], -3);
    assert.match(String(gone.header['message']), /\(404 - https:\/\/example\.org\/a\.png\)$/);
  });

  it('refuses more than 15 MB with a page of the web server', async () => {
    const response = await search(`api_key=${sampleSaucenaoKey}`, Buffer.alloc(15 * 1024 * 1024 + 20_000));
    assert.equal(response.status, 413);
    assert.match(await response.text(), /413 Request Entity Too Large/);
  });

  it('keeps the key and the uploaded bytes for tests to look at', async () => {
    const picture = await reduced('camera/IMG_2041.jpg');
    await find('numres=3', picture);
    const [request] = saucenao.requests;
    assert.equal(request?.query.get('api_key'), sampleSaucenaoKey);
    assert.deepEqual(request.files[0]?.data, picture);
    assert.deepEqual(request.answered, { status: 200, kind: 'no-match' });
  });
});
