import assert from 'node:assert/strict';
import { TrafficMeter } from '../../../src/adapters/http/trafficMeter.ts';
import { SafebooruApi } from '../../../src/adapters/safebooru/safebooruApi.ts';
import { SafebooruMd5 } from '../../../src/adapters/safebooru/safebooruMd5.ts';
import { SafebooruPosts } from '../../../src/adapters/safebooru/safebooruPosts.ts';
import { allTags, type Post } from '../../services/posts.ts';
import { Safebooru } from '../../services/safebooru.ts';
import { loadSamplePosts } from '../../services/samplePosts.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { queryFor, strangerQuery } from '../support/pictures.ts';
import { SimulatedClock } from '../support/simulatedClock.ts';

describe('Safebooru, by MD5 and by number', () => {
  const signal = new AbortController().signal;
  const clock = new SimulatedClock();
  const picture = 'aoi hoshino - harbor night.png';
  const apis: SafebooruApi[] = [];
  let wanted: Post;
  let service: Safebooru;
  let traffic: TrafficMeter;

  before(async () => {
    const posts = await loadSamplePosts();
    wanted = posts.find((post) => post.picture === picture)!;
    service = await new Safebooru(posts, { now: () => clock.now() }).start();
  });
  after(() => service.close());
  beforeEach(() => {
    service.forget();
    service.setFaults([]);
    traffic = new TrafficMeter();
  });
  afterEach(async () => {
    for (const api of apis.splice(0)) await api.close();
  });

  function safebooru(): SafebooruApi {
    const common = { endpoint: service.url, version: '1.2.3', secondsBetween: 1 };
    const api = new SafebooruApi({ ...common, clock, log: new CollectedLog(), traffic });
    apis.push(api);
    return api;
  }

  it('finds a picture by its MD5, all its tags under general', async () => {
    const search = new SafebooruMd5(safebooru());
    assert.deepEqual([search.id, search.by], ['safebooru-md5', 'bytes']);
    const answer = await search.search(await queryFor(picture), signal);
    assert.ok(answer.kind === 'found');
    const [candidate] = answer.candidates;
    assert.deepEqual(candidate?.posts, [{ site: 'safebooru', id: String(wanted.sites.safebooru) }]);
    assert.equal(candidate.md5, wanted.md5);
    assert.deepEqual(candidate.post?.tags.general, allTags(wanted));
    assert.deepEqual(
      [candidate.post.rating, candidate.post.width, candidate.post.height],
      ['general', wanted.width, wanted.height],
    );
    const [request] = service.requests;
    assert.deepEqual(Object.fromEntries(request!.query), {
      page: 'dapi',
      s: 'post',
      q: 'index',
      json: '1',
      tags: `md5:${wanted.md5}`,
    });
    assert.deepEqual(traffic.take(), { requests: { 'safebooru-md5': 1 } });
  });

  it('takes the empty body of an answer that finds nothing for no match', async () => {
    const answer = await new SafebooruMd5(safebooru()).search(strangerQuery(), signal);
    assert.deepEqual(answer, { kind: 'no-match', threshold: 100 });
    assert.equal(service.requests.length, 1);
  });

  it('reads posts by their number, and knows that one is gone', async () => {
    const source = new SafebooruPosts(safebooru());
    const answer = await source.post({ site: 'safebooru', id: String(wanted.sites.safebooru) }, signal);
    assert.ok(answer.kind === 'post');
    assert.deepEqual(answer.post.tags.general, allTags(wanted));
    assert.deepEqual(traffic.take(), { requests: { 'safebooru-posts': 1 } });
    assert.deepEqual(await source.post({ site: 'safebooru', id: '1' }, signal), { kind: 'gone' });
    assert.deepEqual(await source.post({ site: 'safebooru', id: '1&s=tag' }, signal), { kind: 'gone' });
    assert.equal(service.requests.length, 2);
  });

  it('takes no other post for the one that it asked for', async () => {
    const body = JSON.stringify([{ id: 5, tags: 'smile', hash: 'f'.repeat(32) }]);
    service.setFaults([{ fault: { kind: 'answer', status: 200, type: 'application/json', body } }]);
    const api = safebooru();
    const found = await new SafebooruMd5(api).search(strangerQuery(), signal);
    assert.partialDeepStrictEqual(found, { kind: 'error', reason: 'bad-answer' });
    const post = await new SafebooruPosts(api).post({ site: 'safebooru', id: '6' }, signal);
    assert.partialDeepStrictEqual(post, { kind: 'error', reason: 'bad-answer' });
  });

  const answer = (status: number, body: string) => ({ kind: 'answer', status, type: 'text/html', body }) as const;
  const troubles = [
    ['a reset connection', { kind: 'reset', afterBytes: 0 }, 'network', 3],
    ['a failing server', { kind: 'status', status: 502 }, 'service-error', 3],
    ['a failing server without a word', answer(500, ''), 'service-error', 3],
    // as Gelbooru answers since 2025 to those who have no key
    ['a demand for a key', answer(401, ''), 'blocked', 1],
    ['a demand for a key that looks like an empty list', answer(401, '[]'), 'blocked', 1],
    ['a check for browsers', { kind: 'cloudflare' }, 'blocked', 1],
    ['a page of maintenance', { kind: 'html' }, 'bad-answer', 1],
    ['a redirect to another host', { kind: 'redirect', to: 'http://other.invalid/' }, 'bad-answer', 1],
    ['Gelbooru’s envelope', answer(200, '{"@attributes":{"limit":100,"offset":0,"count":0}}'), 'bad-answer', 1],
  ] as const;
  for (const [name, fault, reason, tries] of troubles) {
    it(`tells ${name} from a picture that is not there`, async () => {
      service.setFaults([{ fault }]);
      const api = safebooru();
      // a body of its own, so that a reset has something to cut
      const found = await new SafebooruMd5(api).search(await queryFor(picture), signal);
      assert.partialDeepStrictEqual(found, { kind: 'error', reason });
      assert.equal(service.requests.length, tries);
      const post = await new SafebooruPosts(api).post({ site: 'safebooru', id: '99600001' }, signal);
      assert.partialDeepStrictEqual(post, { kind: 'error', reason });
    });
  }
});
