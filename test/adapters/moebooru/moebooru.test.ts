import assert from 'node:assert/strict';
import { TrafficMeter } from '../../../src/adapters/http/trafficMeter.ts';
import { MoebooruApi, type MoebooruSite } from '../../../src/adapters/moebooru/moebooruApi.ts';
import { MoebooruMd5 } from '../../../src/adapters/moebooru/moebooruMd5.ts';
import { MoebooruPosts } from '../../../src/adapters/moebooru/moebooruPosts.ts';
import { Moebooru } from '../../services/moebooru.ts';
import type { Post } from '../../services/posts.ts';
import { loadSamplePosts } from '../../services/samplePosts.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { queryFor, strangerQuery } from '../support/pictures.ts';
import { SimulatedClock } from '../support/simulatedClock.ts';

const sites = [
  { site: 'yandere', picture: "scans/vampire's supper.tiff", rating: 'questionable', name: 'yande.re' },
  { site: 'konachan', picture: '夕焼けの湖 🌄.webp', rating: 'general', name: 'Konachan' },
] as const satisfies readonly { readonly site: MoebooruSite; readonly [key: string]: string }[];

for (const { site, picture, rating, name } of sites) {
  describe(`${name}, by MD5 and by number`, () => {
    const signal = new AbortController().signal;
    const clock = new SimulatedClock();
    const apis: MoebooruApi[] = [];
    let wanted: Post;
    let service: Moebooru;
    let traffic: TrafficMeter;

    before(async () => {
      const posts = await loadSamplePosts();
      wanted = posts.find((post) => post.picture === picture)!;
      service = await new Moebooru(site, posts, { now: () => clock.now() }).start();
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

    function apiOf(endpoint = service.url): MoebooruApi {
      const common = { endpoint, version: '1.2.3', secondsBetween: 1, clock, log: new CollectedLog(), traffic };
      const api = new MoebooruApi(site, common);
      apis.push(api);
      return api;
    }
    // there is no category of meta tags there
    const tags = () => ({
      ...wanted.tags,
      general: [...wanted.tags.general, ...wanted.tags.meta].toSorted(),
      meta: [],
    });

    it('finds a picture by its MD5, its tags in their categories, without an upload or an account', async () => {
      const search = new MoebooruMd5(apiOf());
      assert.deepEqual([search.id, search.by], [`${site}-md5`, 'bytes']);
      const answer = await search.search(await queryFor(picture), signal);
      assert.ok(answer.kind === 'found');
      const [candidate] = answer.candidates;
      assert.equal(candidate?.similarity, 100);
      assert.deepEqual(candidate.posts, [{ site, id: String(wanted.sites[site]) }]);
      assert.equal(candidate.md5, wanted.md5);
      assert.deepEqual(candidate.post?.tags, tags());
      assert.deepEqual(
        [candidate.post.rating, candidate.post.width, candidate.post.height],
        [rating, wanted.width, wanted.height],
      );
      const [request] = service.requests;
      assert.deepEqual([request?.method, request?.path], ['GET', '/post.json']);
      assert.match(request!.headers['user-agent']!, /^ImageInbox\/1\.2\.3 /);
      assert.deepEqual(traffic.take(), { requests: { [`${site}-md5`]: 1 } });
    });

    it('says no match for a file that is not there', async () => {
      const answer = await new MoebooruMd5(apiOf()).search(strangerQuery(), signal);
      assert.deepEqual(answer, { kind: 'no-match', threshold: 100 });
    });

    it('reads posts by their number, and counts them apart', async () => {
      const answer = await new MoebooruPosts(apiOf()).post({ site, id: String(wanted.sites[site]) }, signal);
      assert.ok(answer.kind === 'post');
      assert.deepEqual(answer.post.tags, tags());
      assert.deepEqual(traffic.take(), { requests: { [`${site}-posts`]: 1 } });
    });

    it('finds deleted and hidden posts too', async () => {
      for (const status of ['deleted', 'restricted'] as const) {
        const standIn = await new Moebooru(site, [{ ...wanted, status }]).start();
        try {
          const api = apiOf(standIn.url);
          const found = await new MoebooruMd5(api).search(await queryFor(picture), signal);
          assert.ok(found.kind === 'found', status);
          const post = await new MoebooruPosts(api).post({ site, id: String(wanted.sites[site]) }, signal);
          assert.ok(post.kind === 'post', status);
          assert.deepEqual(post.post.tags, tags());
        } finally {
          await standIn.close();
        }
      }
    });

    it('knows that a post is gone, and makes no query of an id that is no number', async () => {
      const source = new MoebooruPosts(apiOf());
      assert.deepEqual(await source.post({ site, id: '1' }, signal), { kind: 'gone' });
      assert.deepEqual(await source.post({ site, id: '1 order:random' }, signal), { kind: 'gone' });
      assert.equal(service.requests.length, 1);
    });

    it('takes no other post for the one that it asked for', async () => {
      const body = JSON.stringify([{ id: 5, tags: 'smile', md5: 'f'.repeat(32) }]);
      service.setFaults([{ fault: { kind: 'answer', status: 200, type: 'application/json', body } }]);
      const api = apiOf();
      const found = await new MoebooruMd5(api).search(strangerQuery(), signal);
      assert.deepEqual(found, { kind: 'error', reason: 'bad-answer', message: `${name} sends posts of other files` });
      const post = await new MoebooruPosts(api).post({ site, id: '6' }, signal);
      assert.partialDeepStrictEqual(post, { kind: 'error', reason: 'bad-answer' });
    });

    it('keeps its pace over both uses, one request after the other', async () => {
      const api = apiOf();
      const search = new MoebooruMd5(api);
      const source = new MoebooruPosts(api);
      await Promise.all([
        search.search(strangerQuery(), signal),
        source.post({ site, id: '1' }, signal),
        search.search(strangerQuery(), signal),
      ]);
      const times = service.requests.map(({ at }) => at);
      assert.deepEqual(
        times.map((at) => at - times[0]!),
        [0, 1000, 2000],
      );
      assert.equal(service.maxConcurrent, 1);
    });

    const answer = (status: number, body: string) => ({ kind: 'answer', status, type: 'text/html', body }) as const;
    const troubles = [
      ['a reset connection', { kind: 'reset', afterBytes: 1 }, 'network', 3],
      ['a failing server', { kind: 'status', status: 500 }, 'service-error', 3],
      ['an error without a word', answer(404, ''), 'service-error', 1],
      ['an error in HTML', answer(421, '<html>User Throttled</html>'), 'service-error', 1],
      ['a good answer without a word', answer(200, ''), 'bad-answer', 1],
      ['too many requests', { kind: 'status', status: 429 }, 'rate-limited', 3],
      ['a ban', { kind: 'status', status: 403 }, 'blocked', 1],
      ['a check for browsers', { kind: 'cloudflare' }, 'blocked', 1],
      ['a page of maintenance', { kind: 'html' }, 'bad-answer', 1],
      ['a redirect to another host', { kind: 'redirect', to: 'http://other.invalid/' }, 'bad-answer', 1],
      ['JSON of another shape', answer(200, '{"success":false,"reason":"busy"}'), 'bad-answer', 1],
    ] as const;
    for (const [trouble, fault, reason, tries] of troubles) {
      it(`tells ${trouble} from a picture that is not there`, async () => {
        service.setFaults([{ fault }]);
        const api = apiOf();
        const found = await new MoebooruMd5(api).search(strangerQuery(), signal);
        assert.partialDeepStrictEqual(found, { kind: 'error', reason });
        assert.equal(service.requests.length, tries);
        const post = await new MoebooruPosts(api).post({ site, id: '99' }, signal);
        assert.partialDeepStrictEqual(post, { kind: 'error', reason });
      });
    }

    it('tries again after the time that is asked for', async () => {
      service.setFaults([{ fault: { kind: 'status', status: 503, retryAfter: 20 }, times: 1 }]);
      const began = clock.now();
      assert.equal((await new MoebooruMd5(apiOf()).search(strangerQuery(), signal)).kind, 'no-match');
      assert.equal(clock.now() - began, 20_000);
    });

    it('rejects when it is aborted while it waits for its turn', async () => {
      const search = new MoebooruMd5(apiOf());
      const stop = new AbortController();
      service.setFaults([{ fault: { kind: 'hang' } }]);
      const asked = [search.search(strangerQuery(), stop.signal), search.search(strangerQuery(), stop.signal)];
      stop.abort(new Error('cancelled'));
      for (const one of asked) await assert.rejects(one, /cancelled/);
    });
  });
}
