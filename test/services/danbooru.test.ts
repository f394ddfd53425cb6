import assert from 'node:assert/strict';
import { Danbooru, sampleDanbooruAccount } from './danbooru.ts';
import type { Post } from './posts.ts';
import { loadSamplePosts } from './samplePosts.ts';
import { form, reduced } from './upload.ts';

const agent = { 'user-agent': 'image-inbox-tests/1.0' };
const { login, apiKey } = sampleDanbooruAccount;
const hiddenKeys = ['md5', 'file_url', 'large_file_url', 'preview_file_url'];

type Told = Readonly<Record<string, unknown>>;

describe('the Danbooru stand-in', () => {
  let posts: readonly Post[];
  let danbooru: Danbooru;
  let now = 0;

  before(async () => {
    const [harbor, roof, ...others] = await loadSamplePosts();
    posts = [{ ...harbor!, status: 'banned' }, { ...roof!, status: 'restricted' }, ...others];
    const gold = { login: 'gold_user', apiKey: 'goldKey', level: 'gold' } as const;
    danbooru = await new Danbooru(posts, { now: () => now, accounts: [sampleDanbooruAccount, gold] }).start();
  });
  after(() => danbooru.close());
  beforeEach(() => {
    danbooru.forget();
  });

  const get = (path: string, headers: Readonly<Record<string, string>> = agent): Promise<Response> =>
    fetch(`${danbooru.url}${path}`, { headers });
  async function told<T = Told>(path: string, headers?: Readonly<Record<string, string>>): Promise<T> {
    const response = await get(path, headers);
    assert.equal(response.status, 200);
    return (await response.json()) as T;
  }
  async function refused(
    path: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<readonly [number, unknown, string]> {
    const response = await get(path, headers);
    const { success, error, message, backtrace } = (await response.json()) as Told;
    assert.equal(success, false);
    assert.ok(Array.isArray(backtrace));
    return [response.status, error, String(message)];
  }

  it('tells one post with all its tags by category', async () => {
    const post = await told('/posts/99100008.json');
    assert.equal(post['rating'], 'g');
    assert.equal(post['tag_string_character'], '');
    assert.equal(post['tag_string_artist'], 'nine_herons');
    assert.match(String(post['tag_string_general']), /^bird cloud lake /);
    assert.equal(post['tag_count'], String(post['tag_string']).split(' ').length);
    assert.equal(Object.keys(post).length, 46);
    assert.equal((post['media_asset'] as Told)['md5'], post['md5']);
  });

  it('finds a post by MD5: a list of one or none, or with md5= the post itself or 404', async () => {
    const md5 = posts[7]!.md5;
    assert.deepEqual(
      (await told<Told[]>(`/posts.json?tags=md5:${md5.toUpperCase()}`)).map(({ id }) => id),
      [99_100_008],
    );
    assert.deepEqual(await told(`/posts.json?tags=md5:${'0'.repeat(32)}`), []);
    assert.equal((await told(`/posts.json?md5=${md5}`))['id'], 99_100_008);
    assert.deepEqual(await refused(`/posts.json?md5=${'0'.repeat(32)}`), [
      404,
      'ActiveRecord::RecordNotFound',
      'That record was not found.',
    ]);
  });

  it('finds several by number, and cuts posts down to the keys that are asked for', async () => {
    assert.deepEqual(await told('/posts.json?tags=id:99100003,99100008&only=id,rating'), [
      { id: 99_100_003, rating: 'g' },
      { id: 99_100_008, rating: 'g' },
    ]);
  });

  it('leaves out what leads to the file of a banned post, and keeps its tags', async () => {
    const [banned] = await told<Told[]>(`/posts.json?tags=md5:${posts[0]!.md5}`);
    assert.equal(banned!['is_banned'], true);
    for (const key of hiddenKeys) assert.equal(key in banned!, false);
    assert.equal('variants' in (banned!['media_asset'] as Told), false);
    assert.equal(banned!['tag_string_character'], 'aoi_hoshino_(starlit_harbor)');
  });

  it('shows a restricted post whole to a Gold account only', async () => {
    assert.equal('md5' in (await told('/posts/99100002.json')), false);
    assert.equal('md5' in (await told('/posts/99100002.json?login=gold_user&api_key=goldKey')), true);
  });

  it('shows a deleted post whole', async () => {
    const post = await told('/posts/99100006.json');
    assert.equal(post['is_deleted'], true);
    assert.equal(post['md5'], posts[5]!.md5);
  });

  it('takes the account from the query or from HTTP Basic, and refuses a wrong one', async () => {
    const basic = (key: string): Record<string, string> => ({
      ...agent,
      authorization: `Basic ${Buffer.from(`${login}:${key}`).toString('base64')}`,
    });
    await told(`/posts/99100008.json?login=${login}&api_key=${apiKey}`);
    await told('/posts/99100008.json', basic(apiKey));
    const wrong = [401, 'SessionLoader::AuthenticationFailure', 'Invalid API key'] as const;
    assert.deepEqual(await refused(`/posts/99100008.json?login=${login}&api_key=x`), wrong);
    assert.deepEqual(await refused('/posts/99100008.json', basic('x')), wrong);
    assert.match((await refused(`/posts/99100008.json?login=${login}`))[2], /^Missing/);
  });

  it('reports what cannot be: unknown posts, too many tags, pages too deep', async () => {
    assert.deepEqual((await refused('/posts/1.json')).slice(0, 2), [404, 'ActiveRecord::RecordNotFound']);
    assert.deepEqual((await refused('/posts.json?tags=a+b+c')).slice(0, 2), [422, 'PostQuery::TagLimitError']);
    assert.deepEqual((await refused('/posts.json?page=1001')).slice(0, 2), [
      410,
      'PaginationExtension::PaginationError',
    ]);
  });

  it('refuses requests beyond the rate that it is given', async () => {
    danbooru.setRate({ limit: 2, seconds: 1 });
    await told('/posts/99100008.json');
    await told('/posts/99100008.json');
    const response = await get('/posts/99100008.json');
    assert.equal(response.status, 429);
    assert.ok(response.headers.has('x-rate-limit'));
    assert.equal(((await response.json()) as Told)['error'], 'RateLimiter::RateLimitError');
    now += 1001;
    await told('/posts/99100008.json');
    danbooru.setRate();
  });

  it('sends browsers, bare libraries and the nameless to Cloudflare', async () => {
    for (const name of [
      'Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0',
      'node',
      'undici',
      'python-requests/2.32.0',
      'curl/8.5.0',
      '',
    ]) {
      const response = await get('/posts/99100008.json', { 'user-agent': name });
      assert.equal(response.status, 403, name);
      assert.equal(response.headers.get('cf-mitigated'), 'challenge');
      assert.match(await response.text(), /<title>Just a moment\.\.\.<\/title>/);
    }
  });

  it('searches by picture for accounts, in the field search[file] only, best first with a squared score', async () => {
    const picture = await reduced('blink.gif');
    const query = (field: string, account: string): Promise<Response> =>
      fetch(`${danbooru.url}/iqdb_queries.json?limit=3${account}`, {
        method: 'POST',
        headers: agent,
        body: form(field, picture, 'image.jpg'),
      });
    const account = `&login=${login}&api_key=${apiKey}`;
    const matches = (await (await query('search[file]', account)).json()) as {
      post_id: number;
      score: number;
      post: Told;
    }[];
    assert.equal(matches.length, 3);
    assert.equal(matches[0]!.post_id, 99_100_007);
    assert.ok(matches[0]!.score > 81);
    assert.ok(matches[1]!.score < 30);
    assert.equal(matches[0]!.post['tag_string_meta'], 'animated animated_gif looping_animation');
    assert.deepEqual(await (await query('file', account)).json(), []);
    assert.equal((await query('search[file]', '')).status, 403);
  });
});
