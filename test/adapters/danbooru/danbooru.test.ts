import assert from 'node:assert/strict';
import { DanbooruApi } from '../../../src/adapters/danbooru/danbooruApi.ts';
import { DanbooruIqdb } from '../../../src/adapters/danbooru/danbooruIqdb.ts';
import { DanbooruMd5 } from '../../../src/adapters/danbooru/danbooruMd5.ts';
import { DanbooruPosts } from '../../../src/adapters/danbooru/danbooruPosts.ts';
import { TrafficMeter } from '../../../src/adapters/http/trafficMeter.ts';
import { DecoderLacks, ImageError } from '../../../src/core/model/failure.ts';
import { Danbooru, sampleDanbooruAccount } from '../../services/danbooru.ts';
import { danbooruPost } from '../../services/danbooruPost.ts';
import type { Post } from '../../services/posts.ts';
import { loadSamplePosts } from '../../services/samplePosts.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { queryFor, strangerQuery } from '../support/pictures.ts';
import { SimulatedClock } from '../support/simulatedClock.ts';

describe('Danbooru', () => {
  const signal = new AbortController().signal;
  const clock = new SimulatedClock();
  const account = { login: sampleDanbooruAccount.login, apiKey: sampleDanbooruAccount.apiKey };
  const lake = '夕焼けの湖 🌄.webp';
  const apis: DanbooruApi[] = [];
  let posts: readonly Post[];
  let service: Danbooru;
  let traffic: TrafficMeter;
  let log: CollectedLog;

  before(async () => {
    posts = await loadSamplePosts();
    service = await new Danbooru(posts, { now: () => clock.now() }).start();
  });
  after(() => service.close());
  beforeEach(() => {
    service.forget();
    service.setFaults([]);
    service.setRate();
    traffic = new TrafficMeter();
    log = new CollectedLog();
  });
  afterEach(async () => {
    for (const api of apis.splice(0)) await api.close();
  });

  function apiFor(who: { login: string; apiKey: string } | undefined, secondsBetween = 1): DanbooruApi {
    const common = { endpoint: service.url, version: '1.2.3', secondsBetween, clock, log, traffic };
    const api = new DanbooruApi({ ...common, ...(who && { account: who }) });
    apis.push(api);
    return api;
  }
  const postOf = (picture: string): Post => posts.find((post) => post.picture === picture)!;

  it('finds a picture by its MD5, tags and all, without an upload or an account', async () => {
    const answer = await new DanbooruMd5(apiFor(undefined)).search(await queryFor(lake), signal);
    assert.ok(answer.kind === 'found');
    const [candidate] = answer.candidates;
    const wanted = postOf(lake);
    assert.equal(candidate?.similarity, 100);
    assert.deepEqual(candidate.posts, [{ site: 'danbooru', id: String(wanted.sites.danbooru) }]);
    assert.deepEqual(candidate.post?.tags, wanted.tags);
    assert.equal(candidate.post.rating, 'general');
    const [request] = service.requests;
    assert.equal(request?.method, 'GET');
    assert.match(request.headers['user-agent']!, /^ImageInbox\/1\.2\.3 \(VS Code extension/);
    assert.deepEqual(traffic.take(), { requests: { 'danbooru-md5': 1 } });
  });

  it('says no match for a file that is not there', async () => {
    const answer = await new DanbooruMd5(apiFor(undefined)).search(strangerQuery(), signal);
    assert.deepEqual(answer, { kind: 'no-match', threshold: 100 });
  });

  it('reads deleted, banned and restricted posts by their number', async () => {
    const hidden = (['deleted', 'banned', 'restricted'] as const).map((status) => ({ ...postOf(lake), status }));
    for (const post of hidden) {
      const standIn = await new Danbooru([post]).start();
      try {
        const api = new DanbooruApi({ endpoint: standIn.url, version: '0', secondsBetween: 0, clock, log, traffic });
        apis.push(api);
        const answer = await new DanbooruPosts(api).post({ site: 'danbooru', id: String(post.sites.danbooru) }, signal);
        assert.ok(answer.kind === 'post');
        assert.deepEqual(answer.post.tags, post.tags);
        assert.equal(answer.post.md5, post.status === 'deleted' ? post.md5 : undefined);
      } finally {
        await standIn.close();
      }
    }
  });

  it('knows that a post is gone, and makes no path of an id that is no number', async () => {
    const source = new DanbooruPosts(apiFor(undefined));
    assert.deepEqual(await source.post({ site: 'danbooru', id: '1' }, signal), { kind: 'gone' });
    for (const id of ['../users/1', '', '007', '-1']) {
      assert.deepEqual(await source.post({ site: 'danbooru', id }, signal), { kind: 'gone' });
    }
    assert.equal(service.requests.length, 1);
  });

  it('finds a picture by its looks with an account, which it names in the User-Agent and keeps out of the address', async () => {
    const search = new DanbooruIqdb(apiFor(account), 80);
    const answer = await search.search(await queryFor(lake), signal);
    assert.ok(answer.kind === 'found');
    assert.equal(answer.candidates[0]?.post?.ref.id, String(postOf(lake).sites.danbooru));
    assert.ok(answer.candidates.every(({ similarity }) => similarity >= 80));
    const [request] = service.requests;
    assert.equal(request?.files[0]?.field, 'search[file]');
    assert.match(request.headers['user-agent']!, / user sample_user$/);
    assert.equal(request.query.size, 0);
  });

  it('says how near the nearest picture is when none is near enough', async () => {
    const answer = await new DanbooruIqdb(apiFor(account), 100).search(strangerQuery(), signal);
    assert.ok(answer.kind === 'no-match');
    assert.equal(answer.threshold, 100);
    assert.ok(answer.best !== undefined && answer.best > 0 && answer.best < 100);
  });

  it('is passed over without an account, before anything is uploaded', async () => {
    const answer = await new DanbooruIqdb(apiFor(undefined), 80).search(await queryFor(lake), signal);
    assert.deepEqual(answer, { kind: 'unavailable', why: 'it needs a Danbooru login and API key' });
    assert.equal(service.requests.length, 0);
  });

  it('goes on without an account that was refused, says so once, and shows neither login nor key', async () => {
    const wrong = { login: 'someone', apiKey: 'wrongKey42' };
    const api = apiFor(wrong);
    const [exact, byLook, post] = [
      await new DanbooruMd5(api).search(strangerQuery(), signal),
      await new DanbooruIqdb(api, 80).search(strangerQuery(), signal),
      await new DanbooruPosts(api).post({ site: 'danbooru', id: '1' }, signal),
    ];
    assert.equal(exact.kind, 'no-match');
    assert.deepEqual(byLook, {
      kind: 'error',
      reason: 'key-refused',
      message: 'Danbooru refuses the login or the API key: Invalid API key',
    });
    assert.equal(post.kind, 'gone');
    const logins = service.requests.map(({ headers }) => headers.authorization !== undefined);
    assert.deepEqual(logins, [true, false, false], 'tried once, and nothing is uploaded with it');
    assert.equal(log.lines.filter((line) => line.includes('goes on without it')).length, 1);
    assert.doesNotMatch(JSON.stringify([exact, byLook, post, log.lines]), /someone|wrongKey42/);
  });

  it('looks posts up without a key that is limited to other uses, and goes on searching with it', async () => {
    const body = JSON.stringify({ success: false, error: 'User::PrivilegeError', message: 'Access denied' });
    const denied = { kind: 'answer', status: 403, type: 'application/json', body } as const;
    service.setFaults([{ fault: denied, path: '/posts', times: 1 }]);
    const api = apiFor(account);
    assert.equal((await new DanbooruMd5(api).search(await queryFor(lake), signal)).kind, 'found');
    assert.equal((await new DanbooruMd5(api).search(strangerQuery(), signal)).kind, 'no-match');
    assert.equal((await new DanbooruIqdb(api, 80).search(await queryFor(lake), signal)).kind, 'found');
    const logins = service.requests.map(({ headers }) => headers.authorization !== undefined);
    assert.deepEqual(logins, [true, false, false, true]);
    assert.equal(log.lines.filter((line) => line.includes('goes on without it')).length, 1);
  });

  it('keeps its pace over all three uses, one request after the other', async () => {
    const api = apiFor(account, 1);
    const uses = [new DanbooruMd5(api), new DanbooruIqdb(api, 80), new DanbooruMd5(api)];
    await Promise.all(uses.map((use) => use.search(strangerQuery(), signal)));
    const times = service.requests.map(({ at }) => at);
    assert.deepEqual(
      times.map((at) => at - times[0]!),
      [0, 1000, 2000],
    );
    assert.equal(service.maxConcurrent, 1);
  });

  it('tries again when it was too fast, after the time that is asked for', async () => {
    service.setFaults([{ fault: { kind: 'status', status: 429, retryAfter: 20 }, times: 2 }]);
    const began = clock.now();
    const answer = await new DanbooruMd5(apiFor(undefined)).search(strangerQuery(), signal);
    assert.equal(answer.kind, 'no-match');
    assert.equal(clock.now() - began, 40_000);
    assert.deepEqual(traffic.take(), { requests: { 'danbooru-md5': 3 }, retries: 2 });
  });

  const troubles = [
    ['a reset connection', { kind: 'reset', afterBytes: 1 }, 'network', 3],
    ['a failing server', { kind: 'status', status: 503 }, 'service-error', 3],
    ['too many requests', { kind: 'status', status: 429 }, 'rate-limited', 3],
    ['a check for browsers', { kind: 'cloudflare' }, 'blocked', 1],
    ['a page of maintenance', { kind: 'html' }, 'bad-answer', 1],
    ['a redirect to another host', { kind: 'redirect', to: 'http://other.invalid/' }, 'bad-answer', 1],
    [
      'JSON of another shape',
      { kind: 'answer', status: 200, type: 'application/json', body: '{"posts":1}' },
      'bad-answer',
      1,
    ],
  ] as const;
  for (const [name, fault, reason, tries] of troubles) {
    it(`tells ${name} from a picture that is not there`, async () => {
      service.setFaults([{ fault }]);
      const api = apiFor(account);
      const found = await new DanbooruMd5(api).search(strangerQuery(), signal);
      assert.partialDeepStrictEqual(found, { kind: 'error', reason });
      assert.equal(service.requests.length, tries);
      const post = await new DanbooruPosts(api).post({ site: 'danbooru', id: '99100001' }, signal);
      assert.partialDeepStrictEqual(post, { kind: 'error', reason });
      const alike = await new DanbooruIqdb(api, 80).search(strangerQuery(), signal);
      assert.partialDeepStrictEqual(alike, { kind: 'error', reason });
    });
  }

  it('takes no post of another file for the picture', async () => {
    const other = JSON.stringify([{ ...danbooruPost(postOf(lake), 1, true), md5: 'f'.repeat(32) }]);
    service.setFaults([{ fault: { kind: 'answer', status: 200, type: 'application/json', body: other } }]);
    const answer = await new DanbooruMd5(apiFor(undefined)).search(strangerQuery(), signal);
    assert.partialDeepStrictEqual(answer, { kind: 'error', reason: 'bad-answer' });
  });

  it('finds the restricted post of a file, which does not tell its MD5', async () => {
    const body = JSON.stringify([danbooruPost(postOf(lake), 99_100_001, false)]);
    service.setFaults([{ fault: { kind: 'answer', status: 200, type: 'application/json', body } }]);
    const answer = await new DanbooruMd5(apiFor(undefined)).search(await queryFor(lake), signal);
    assert.ok(answer.kind === 'found');
    assert.deepEqual(answer.candidates[0]?.post?.tags, postOf(lake).tags);
  });

  it('leaves the site in peace after three requests that it blocked', async () => {
    service.setFaults([{ fault: { kind: 'cloudflare' } }]);
    const search = new DanbooruMd5(apiFor(undefined));
    for (let i = 0; i < 100; i++) {
      assert.partialDeepStrictEqual(await search.search(strangerQuery(), signal), { kind: 'error', reason: 'blocked' });
    }
    assert.equal(service.requests.length, 3);
  });

  it('blames nobody else for a picture that can’t be read, and asks nobody', async () => {
    const search = new DanbooruIqdb(apiFor(account), 80);
    const corrupt = { ...strangerQuery(), upload: () => Promise.reject(new ImageError('corrupt', 'it ends early')) };
    await assert.rejects(search.search(corrupt, signal), {
      name: 'ImageError',
      reason: 'corrupt',
      message: 'it ends early',
    });
    const unknown = { ...strangerQuery(), upload: () => Promise.reject(new DecoderLacks('JPEG XL is not known here')) };
    const answer = await search.search(unknown, signal);
    assert.deepEqual(answer, { kind: 'unavailable', about: 'picture', why: 'JPEG XL is not known here' });
    assert.equal(service.requests.length, 0);
  });

  it('says when the next searches by looks can go out, from the last request of any kind on', async () => {
    const api = apiFor(account, 1.5);
    const search = new DanbooruIqdb(api, 80);
    const now = clock.now();
    assert.deepEqual(await search.forecast(3), [now, now + 1500, now + 3000]);
    await new DanbooruMd5(api).search(strangerQuery(), signal);
    assert.deepEqual(await search.forecast(2), [now + 1500, now + 3000]);
    assert.equal(service.requests.length, 1);
  });

  it('foretells no search by looks without an account, or with one that was refused', async () => {
    assert.equal(await new DanbooruIqdb(apiFor(undefined), 80).forecast(3), 'unavailable');
    const search = new DanbooruIqdb(apiFor({ login: 'someone', apiKey: 'wrongKey42' }), 80);
    await search.search(strangerQuery(), signal);
    assert.equal(await search.forecast(3), 'unavailable');
  });

  it('rejects when it is aborted while it waits for its turn', async () => {
    const search = new DanbooruMd5(apiFor(undefined));
    const stop = new AbortController();
    service.setFaults([{ fault: { kind: 'hang' } }]);
    const asked = [search.search(strangerQuery(), stop.signal), search.search(strangerQuery(), stop.signal)];
    stop.abort(new Error('cancelled'));
    for (const one of asked) await assert.rejects(one, /cancelled/);
  });
});
