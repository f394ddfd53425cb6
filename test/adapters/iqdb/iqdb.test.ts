import assert from 'node:assert/strict';
import { Iqdb, type IqdbOptions } from '../../../src/adapters/iqdb/iqdb.ts';
import { TrafficMeter } from '../../../src/adapters/http/trafficMeter.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import { Iqdb as IqdbService } from '../../services/iqdb.ts';
import type { Post } from '../../services/posts.ts';
import { loadSamplePosts } from '../../services/samplePosts.ts';
import { KeptLimits } from '../support/keptLimits.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { queryFor, strangerQuery } from '../support/pictures.ts';
import { SimulatedClock } from '../support/simulatedClock.ts';

describe('Iqdb', () => {
  const signal = new AbortController().signal;
  const clock = new SimulatedClock();
  const lake = '夕焼けの湖 🌄.webp';
  const opened: Iqdb[] = [];
  let posts: readonly Post[];
  let service: IqdbService;
  let traffic: TrafficMeter;

  before(async () => {
    posts = await loadSamplePosts();
    service = await new IqdbService(posts, { now: () => clock.now() }).start();
  });
  after(() => service.close());
  beforeEach(() => {
    service.forget();
    service.setFaults([]);
    service.setQueue({ places: [], msPerPlace: 0 });
    traffic = new TrafficMeter();
  });
  afterEach(async () => {
    for (const search of opened.splice(0)) await search.close();
  });

  function iqdb(more: Partial<IqdbOptions> = {}): Iqdb {
    const common = { endpoint: service.url, version: '1.2.3', minSimilarity: 80, secondsBetween: 6 };
    const search = new Iqdb({ ...common, memory: new KeptLimits(), clock, log: new CollectedLog(), traffic, ...more });
    opened.push(search);
    return search;
  }

  it('keeps its pace across a restart, and is not held up by a clock that was set back', async () => {
    const memory = new KeptLimits();
    await iqdb({ memory }).search(await queryFor(lake), signal);
    const first = clock.now();
    await iqdb({ memory }).search(await queryFor(lake), signal);
    assert.equal((service.requests.at(-1)?.at ?? 0) - first, 6000);
    clock.time -= 86_400_000;
    const before = clock.now();
    await iqdb({ memory }).search(await queryFor(lake), signal);
    assert.equal((service.requests.at(-1)?.at ?? 0) - before, 6000);
  });

  it('is not held up by a clock that is set back in the middle of a run', async () => {
    const search = iqdb();
    await search.search(await queryFor(lake), signal);
    clock.time -= 86_400_000;
    const before = clock.now();
    assert.deepEqual(await search.forecast(2), [before + 6000, before + 12_000]);
    await search.search(await queryFor(lake), signal);
    assert.equal((service.requests.at(-1)?.at ?? 0) - before, 6000);
  });

  it('finds a picture and every site that has it, Danbooru first', async () => {
    const answer = await iqdb().search(await queryFor(lake), signal);
    assert.ok(answer.kind === 'found');
    const { sites } = posts.find(({ picture }) => picture === lake)!;
    assert.deepEqual(answer.candidates[0]?.posts, [
      { site: 'danbooru', id: String(sites.danbooru) },
      { site: 'konachan', id: String(sites.konachan) },
    ]);
    assert.equal(answer.candidates[0].md5, posts.find(({ picture }) => picture === lake)!.md5);
    assert.ok(answer.candidates[0].tags?.general.includes('sunset'));
    const [request] = service.requests;
    assert.equal(request?.files[0]?.filename, 'image.jpg');
    assert.equal(request.fields.getAll('service[]').length, 8);
  });

  it('says no match, and how near the nearest was', async () => {
    const answer = await iqdb().search(strangerQuery(), signal);
    assert.ok(answer.kind === 'no-match');
    assert.equal(answer.threshold, 80);
    assert.ok(answer.best !== undefined && answer.best < 80);
  });

  it('asks one at a time, six seconds apart, however many pictures wait', async () => {
    const search = iqdb();
    await Promise.all(Array.from({ length: 4 }, () => search.search(strangerQuery(), signal)));
    const times = service.requests.map(({ at }) => at);
    assert.deepEqual(
      times.map((at) => at - times[0]!),
      [0, 6000, 12_000, 18_000],
    );
    assert.equal(service.parallelQueries, 0);
  });

  it('waits in the queue of a busy server for the results', async () => {
    service.setQueue({ places: [4, 2, 1], msPerPlace: 20 });
    const answer = await iqdb().search(await queryFor(lake), signal);
    assert.equal(answer.kind, 'found');
    assert.equal(service.requests.length, 1);
  });

  it('asks again when the page ends in the queue', async () => {
    const cut = '<html><title>Multi-service image search</title><div id="queue">...</div>';
    service.setFaults([{ fault: { kind: 'answer', status: 200, type: 'text/html', body: cut }, times: 1 }]);
    const answer = await iqdb().search(await queryFor(lake), signal);
    assert.equal(answer.kind, 'found');
    assert.deepEqual(traffic.take(), { requests: { iqdb: 2 }, retries: 1 });
  });

  it('tells an upload that is refused from a picture that is not there', async () => {
    const query = { ...strangerQuery(), upload: async () => new TextEncoder().encode('no picture') };
    const answer = await iqdb().search(query, signal);
    assert.partialDeepStrictEqual(answer, { kind: 'error', reason: 'service-error' });
    assert.match(JSON.stringify(answer), /Not an image or image format not supported/);
  });

  const troubles = [
    ['a reset connection', { kind: 'reset', afterBytes: 300 }, 'network', 3],
    ['a failing server', { kind: 'status', status: 500 }, 'service-error', 3],
    ['a picture too large for the server', { kind: 'status', status: 413 }, 'too-large', 1],
    ['a ban', { kind: 'status', status: 403 }, 'blocked', 1],
    ['a check for browsers', { kind: 'cloudflare' }, 'blocked', 1],
    ['a page of maintenance', { kind: 'html' }, 'bad-answer', 1],
    ['a redirect to another host', { kind: 'redirect', to: 'http://other.invalid/' }, 'bad-answer', 1],
  ] as const;
  for (const [name, fault, reason, tries] of troubles) {
    it(`tells ${name} from a picture that is not there`, async () => {
      service.setFaults([{ fault }]);
      assert.partialDeepStrictEqual(await iqdb().search(strangerQuery(), signal), { kind: 'error', reason });
      assert.equal(service.requests.length, tries);
    });
  }

  it('leaves a server in peace that has banned this address', async () => {
    service.setFaults([{ fault: { kind: 'status', status: 403 } }]);
    const search = iqdb();
    for (let i = 0; i < 100; i++) {
      assert.partialDeepStrictEqual(await search.search(strangerQuery(), signal), { kind: 'error', reason: 'blocked' });
    }
    assert.equal(service.requests.length, 3);
    const forecast = await search.forecast(2);
    assert.deepEqual(
      forecast.map((at) => at - forecast[0]!),
      [0, 6000],
    );
    assert.ok(forecast[0]! - clock.now() > 240_000, 'not before it is asked again');
  });

  it('says when the next searches can go out, six seconds apart', async () => {
    const search = iqdb();
    const now = clock.now();
    assert.deepEqual(await search.forecast(3), [now, now + 6000, now + 12_000]);
    await search.search(strangerQuery(), signal);
    assert.deepEqual(await search.forecast(1), [clock.now() + 6000]);
    assert.equal(service.requests.length, 1);
  });

  it('blames nobody else for a picture that can’t be read, and asks nobody', async () => {
    const query = { ...strangerQuery(), upload: () => Promise.reject(new ImageError('vanished', 'it is gone')) };
    await assert.rejects(iqdb().search(query, signal), { name: 'ImageError', reason: 'vanished' });
    assert.equal(service.requests.length, 0);
  });

  it('lets a run through a thousand pictures end while the server is down', async () => {
    service.setFaults([{ fault: { kind: 'status', status: 503 } }]);
    const search = iqdb();
    for (let i = 0; i < 1000; i++) assert.equal((await search.search(strangerQuery(), signal)).kind, 'error');
    assert.equal(service.requests.length, 9);
  });
});
