import assert from 'node:assert/strict';
import { SauceNao, type SauceNaoOptions } from '../../../src/adapters/saucenao/sauceNao.ts';
import { TrafficMeter } from '../../../src/adapters/http/trafficMeter.ts';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import type { Post } from '../../services/posts.ts';
import { loadSamplePosts } from '../../services/samplePosts.ts';
import { freeAccount, Saucenao as SaucenaoService, sampleSaucenaoKey, unlimited } from '../../services/saucenao.ts';
import { CollectedLog } from '../support/collectedLog.ts';
import { KeptLimits } from '../support/keptLimits.ts';
import { queryFor, strangerQuery } from '../support/pictures.ts';
import { SimulatedClock } from '../support/simulatedClock.ts';

const HOUR = 3_600_000;

describe('SauceNao', () => {
  const signal = new AbortController().signal;
  const lake = '夕焼けの湖 🌄.webp';
  const opened: SauceNao[] = [];
  let posts: readonly Post[];
  let service: SaucenaoService;
  let clock: SimulatedClock;
  let traffic: TrafficMeter;
  let log: CollectedLog;
  let memory: KeptLimits;

  before(async () => {
    posts = await loadSamplePosts();
    service = await new SaucenaoService(posts, { now: () => clock.now() }).start();
  });
  after(() => service.close());
  beforeEach(() => {
    clock = new SimulatedClock();
    service.forget();
    service.setFaults([]);
    service.setLimits(freeAccount);
    traffic = new TrafficMeter();
    log = new CollectedLog();
    memory = new KeptLimits();
  });
  afterEach(async () => {
    for (const search of opened.splice(0)) await search.close();
  });

  function saucenao(more: Partial<SauceNaoOptions> = {}): SauceNao {
    const common = {
      endpoint: service.url,
      version: '1.2.3',
      apiKey: sampleSaucenaoKey,
      minSimilarity: 70,
      secondsBetween: 0,
    };
    const search = new SauceNao({ ...common, memory, clock, log, traffic, ...more });
    opened.push(search);
    return search;
  }
  const refused = (): number => service.requests.filter(({ answered }) => answered?.status === 429).length;

  it('finds a picture with all the sites that have it, everything but the picture in the query', async () => {
    const answer = await saucenao().search(await queryFor(lake), signal);
    assert.ok(answer.kind === 'found');
    const { sites } = posts.find(({ picture }) => picture === lake)!;
    assert.deepEqual(answer.candidates[0]?.posts, [
      { site: 'danbooru', id: String(sites.danbooru) },
      { site: 'konachan', id: String(sites.konachan) },
    ]);
    assert.ok(answer.candidates[0].similarity >= 70);
    const [request] = service.requests;
    assert.deepEqual(Object.fromEntries(request!.query), {
      output_type: '2',
      db: '999',
      numres: '16',
      api_key: sampleSaucenaoKey,
    });
    assert.equal(request?.fields.size, 0);
    assert.doesNotMatch(JSON.stringify(answer), /auth=|exp=/);
  });

  it('says no match of results that are all weak, with the best of them', async () => {
    const answer = await saucenao().search(strangerQuery(), signal);
    assert.ok(answer.kind === 'no-match');
    assert.equal(answer.threshold, 70);
    assert.ok(answer.best !== undefined && answer.best >= 0 && answer.best < 70);
  });

  it('takes nothing below the least similarity that SauceNAO itself states', async () => {
    const results = [{ header: { similarity: '75.0' }, data: { danbooru_id: 9900001 } }];
    const body = JSON.stringify({ header: { status: 0, minimum_similarity: 80.5 }, results });
    service.setFaults([{ fault: { kind: 'answer', status: 200, type: 'application/json', body } }]);
    assert.deepEqual(await saucenao().search(strangerQuery(), signal), { kind: 'no-match', threshold: 80.5, best: 75 });
  });

  it('does not call it no match when some indexes could not be searched', async () => {
    const body = JSON.stringify({ header: { status: 1 }, results: [] });
    service.setFaults([{ fault: { kind: 'answer', status: 200, type: 'application/json', body } }]);
    const answer = await saucenao().search(strangerQuery(), signal);
    assert.partialDeepStrictEqual(answer, { kind: 'error', reason: 'service-error' });
  });

  it('keeps both windows of a free account without one refusal, and goes on the next day', async () => {
    const query = strangerQuery();
    const search = saucenao();
    const began = clock.now();
    const first = await Promise.all(Array.from({ length: 130 }, () => search.search(query, signal)));
    const spent = first.filter((answer) => answer.kind === 'quota');
    assert.equal(first.filter(({ kind }) => kind === 'no-match').length, 100);
    assert.equal(spent.length, 30);
    assert.equal(service.requests.length, 100);
    assert.equal(service.maxConcurrent, 1);
    // 100 searches, four in each 30 seconds: 24 pauses, none much longer than it has to be
    assert.ok(clock.now() - began < 25 * 32_000);

    const { until } = spent[0]!;
    assert.ok(until - began >= 24 * HOUR && until - began < 24.3 * HOUR);
    clock.time = until;
    for (let i = 0; i < 30; i++) assert.equal((await search.search(query, signal)).kind, 'no-match');
    assert.equal(refused(), 0);
  });

  it('is not refused when the first upload was slow and the later ones are not', async () => {
    let late = 5000;
    const now = (): number => {
      clock.time += late;
      late = 0;
      return clock.time;
    };
    const slow = await new SaucenaoService(posts, { now }).start();
    try {
      const search = saucenao({ endpoint: slow.url });
      for (let i = 0; i < 6; i++) assert.equal((await search.search(strangerQuery(), signal)).kind, 'no-match');
      assert.equal(slow.counts.get('short-limit'), undefined);
    } finally {
      await slow.close();
    }
  });

  it('tells all that wait that the day is spent, without a pause between them', async () => {
    service.setLimits({ short: { limit: 4, seconds: 30 }, long: { limit: 1, seconds: 86_400 } });
    const search = saucenao({ secondsBetween: 60 });
    await search.search(strangerQuery(), signal);
    const began = clock.now();
    for (let i = 0; i < 50; i++) assert.equal((await search.search(strangerQuery(), signal)).kind, 'quota');
    assert.equal(clock.now(), began);
  });

  it('remembers over a restart what was used, also of a run that was killed during a search', async () => {
    const query = strangerQuery();
    service.setFaults([{ fault: { kind: 'hang' }, times: 1 }]);
    const kill = new AbortController();
    const killed = saucenao().search(query, kill.signal);
    while (service.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    kill.abort(new Error('killed'));
    await assert.rejects(killed, /killed/);
    assert.match(memory.text!, /"count":1/);

    for (let run = 0; run < 100; run++) await saucenao().search(query, signal);
    assert.equal(refused(), 0);
    const answer = await saucenao().search(query, signal);
    assert.equal(answer.kind, 'quota');
    assert.doesNotMatch(memory.text!, new RegExp(sampleSaucenaoKey));
  });

  it('does not count against the day what never came to SauceNAO', async () => {
    const gone = await new SaucenaoService(posts, { now: () => clock.now() }).start();
    gone.setLimits({ short: { limit: 4, seconds: 30 }, long: { limit: 5, seconds: 86_400 } });
    const search = saucenao({ endpoint: gone.url });
    assert.equal((await search.search(strangerQuery(), signal)).kind, 'no-match');
    await gone.close();
    for (let i = 0; i < 3; i++) {
      assert.partialDeepStrictEqual(await search.search(strangerQuery(), signal), { kind: 'error', reason: 'network' });
    }
    assert.match(memory.text!, /"long":\{"uses":\[\{[^}]*"count":1\}\]/);
  });

  it('is not held up by a clock that is set back in the middle of a run', async () => {
    service.setLimits(unlimited);
    const search = saucenao();
    const body = JSON.stringify({ header: { status: 0, short_limit: 1, short_remaining: 0 }, results: [] });
    service.setFaults([{ fault: { kind: 'answer', status: 200, type: 'application/json', body } }]);
    await search.search(strangerQuery(), signal);
    clock.time -= 4 * HOUR;
    const before = clock.now();
    assert.equal((await search.search(strangerQuery(), signal)).kind, 'no-match');
    assert.ok(clock.now() - before <= 31_000);
  });

  it('lives with a refusal that names no end', async () => {
    service.setFaults([{ fault: { kind: 'status', status: 429, retryAfter: 1e15 } }]);
    const answer = await saucenao().search(strangerQuery(), signal);
    assert.partialDeepStrictEqual(answer, { kind: 'error', reason: 'rate-limited' });
  });

  it('does not hold one account’s use against another one', async () => {
    const other = 'other000000000000000000000000000000000key';
    const both = await new SaucenaoService(posts, { now: () => clock.now(), keys: [sampleSaucenaoKey, other] }).start();
    try {
      both.setLimits({ short: { limit: 1, seconds: 30 }, long: { limit: 1, seconds: 86_400 } });
      const endpoint = both.url;
      await saucenao({ endpoint }).search(strangerQuery(), signal);
      assert.equal((await saucenao({ endpoint }).search(strangerQuery(), signal)).kind, 'quota');
      both.setLimits(freeAccount);
      assert.equal((await saucenao({ endpoint, apiKey: other }).search(strangerQuery(), signal)).kind, 'no-match');
    } finally {
      await both.close();
    }
  });

  it('starts afresh from a memory that makes no sense, and searches on when it can’t be kept', async () => {
    memory.text = '{"short":"many"}';
    assert.equal((await saucenao().search(strangerQuery(), signal)).kind, 'no-match');
    const broken = { load: () => Promise.reject(new Error('EIO')), save: () => Promise.reject(new Error('EIO')) };
    assert.equal((await saucenao({ memory: broken }).search(strangerQuery(), signal)).kind, 'no-match');
    assert.ok(log.lines.some((line) => line.includes('EIO')));
    const full = {
      load: async () => undefined,
      save: () => Promise.reject(new FatalError('no-space', 'the disk is full')),
    };
    await assert.rejects(saucenao({ memory: full }).search(strangerQuery(), signal), FatalError);
  });

  it('waits and tries again when others have used up the short window', async () => {
    service.setLimits({ short: { limit: 1, seconds: 30 }, long: { limit: 100, seconds: 86_400 } });
    const elsewhere = saucenao({ memory: new KeptLimits() });
    await elsewhere.search(strangerQuery(), signal);
    const began = clock.now();
    assert.equal((await saucenao().search(strangerQuery(), signal)).kind, 'no-match');
    assert.equal(refused(), 1);
    assert.ok(clock.now() - began >= 30_000);
    assert.equal(traffic.take().retries, 1);
  });

  it('learns from one refusal that others have used up the day', async () => {
    service.setLimits({ short: { limit: 4, seconds: 30 }, long: { limit: 1, seconds: 86_400 } });
    await saucenao({ memory: new KeptLimits() }).search(strangerQuery(), signal);
    const search = saucenao();
    for (let i = 0; i < 20; i++) {
      const answer = await search.search(strangerQuery(), signal);
      assert.ok(answer.kind === 'quota');
      assert.ok(answer.until - clock.now() > 23 * HOUR);
    }
    assert.equal(refused(), 1);
  });

  it('foretells nothing before SauceNAO has said what it allows, then both windows', async () => {
    const search = saucenao();
    assert.equal(await search.forecast(5), 'unknown');
    await search.search(strangerQuery(), signal);
    const now = clock.now();
    const times = await search.forecast(104);
    assert.ok(Array.isArray(times));
    assert.equal(times.length, 104);
    const after = times.map((at: number) => at - now);
    // three more fit into this half minute, 99 into this day; the others follow tomorrow
    assert.deepEqual(after.slice(0, 4), [0, 0, 0, 31_000]);
    assert.ok(after[98]! < 25 * 31_000);
    assert.ok(after[99]! >= 24 * HOUR && after[99]! < 24.3 * HOUR);
    assert.ok(after[103]! < 24.6 * HOUR);
    assert.deepEqual(
      after,
      after.toSorted((a, b) => a - b),
    );
    assert.equal(service.requests.length, 1);
  });

  it('keeps to its forecast', async () => {
    service.setLimits({ short: { limit: 2, seconds: 30 }, long: { limit: 7, seconds: 86_400 } });
    const search = saucenao({ secondsBetween: 5 });
    await search.search(strangerQuery(), signal);
    const times = await search.forecast(8);
    assert.ok(Array.isArray(times));
    const asked: number[] = [];
    while (asked.length < 8) {
      const answer = await search.search(strangerQuery(), signal);
      if (answer.kind === 'quota') clock.time = Math.max(clock.time, answer.until);
      else asked.push(service.requests.at(-1)!.at);
    }
    // the day's uses are counted in steps of ten minutes
    for (const [i, at] of asked.entries()) assert.ok(Math.abs(at - times[i]!) <= 600_000, `${i}: ${at - times[i]!} ms`);
    assert.deepEqual(asked.slice(0, 6), times.slice(0, 6));
    assert.equal(refused(), 0);
  });

  it('foretells by what an earlier run has learned, and keeps the pace between searches', async () => {
    await saucenao().search(strangerQuery(), signal);
    const now = clock.now();
    const times = await saucenao({ secondsBetween: 20 }).forecast(3);
    assert.deepEqual(times, [now, now + 20_000, now + 40_000]);
  });

  it('foretells no search without a key or with one that was refused, and none by a limit that nobody has stated', async () => {
    const search = saucenao({ apiKey: 'wrongKey000000000000000000000000000wrong' });
    await search.search(strangerQuery(), signal);
    assert.equal(await search.forecast(3), 'unavailable');
    const body = JSON.stringify({ header: { status: -2, message: 'Daily Search Limit Exceeded.' } });
    service.setFaults([{ fault: { kind: 'answer', status: 429, type: 'application/json', body } }]);
    const spent = saucenao();
    assert.equal((await spent.search(strangerQuery(), signal)).kind, 'quota');
    assert.equal(await spent.forecast(3), 'unknown');
  });

  it('blames nobody else for a picture that can’t be read, and spends no search and no time on it', async () => {
    service.setLimits({ short: { limit: 1, seconds: 30 }, long: { limit: 100, seconds: 86_400 } });
    const search = saucenao();
    await search.search(strangerQuery(), signal);
    const began = clock.now();
    const query = { ...strangerQuery(), upload: () => Promise.reject(new ImageError('corrupt', 'it ends early')) };
    await assert.rejects(search.search(query, signal), {
      name: 'ImageError',
      reason: 'corrupt',
      message: 'it ends early',
    });
    assert.equal(clock.now(), began);
    assert.equal(service.requests.length, 1);
    assert.match(memory.text!, /"count":1/);
  });

  it('waits as long as a refusal asks for', async () => {
    service.setFaults([{ fault: { kind: 'status', status: 429, retryAfter: 90 }, times: 1 }]);
    const began = clock.now();
    assert.equal((await saucenao().search(strangerQuery(), signal)).kind, 'no-match');
    assert.ok(clock.now() - began >= 90_000);
  });

  it('spends no searches on a server that turns programs away', async () => {
    service.setFaults([{ fault: { kind: 'cloudflare' } }]);
    const search = saucenao();
    for (let i = 0; i < 50; i++) {
      assert.partialDeepStrictEqual(await search.search(strangerQuery(), signal), { kind: 'error', reason: 'blocked' });
    }
    assert.equal(service.requests.length, 3);
  });

  it('is passed over without a key', async () => {
    const { apiKey: _, ...rest } = {
      endpoint: service.url,
      version: '0',
      apiKey: '',
      minSimilarity: 70,
      secondsBetween: 0,
    };
    const search = new SauceNao({ ...rest, memory, clock, log, traffic });
    opened.push(search);
    assert.equal((await search.search(strangerQuery(), signal)).kind, 'unavailable');
    assert.equal(await search.forecast(1), 'unavailable');
    assert.equal(service.requests.length, 0);
  });

  it('names both causes when the key is refused, asks no more with it, and shows it nowhere', async () => {
    const search = saucenao({ apiKey: 'wrongKey000000000000000000000000000wrong' });
    const answers = [await search.search(strangerQuery(), signal), await search.search(strangerQuery(), signal)];
    for (const answer of answers) {
      assert.ok(answer.kind === 'error');
      assert.equal(answer.reason, 'key-refused');
      assert.match(answer.message, /missing or unknown/);
    }
    assert.equal(service.requests.length, 1);
    assert.doesNotMatch(JSON.stringify([answers, log.lines, memory.text]), /wrongKey/);
  });

  it('shows neither the account’s name nor an address of the message of a failed search', async () => {
    const message =
      'Some One, basic accounts share a pool. Your IP (203.0.113.7) is slow.<br />Problem with remote server...';
    const body = JSON.stringify({ header: { status: -3, message } });
    service.setFaults([{ fault: { kind: 'answer', status: 200, type: 'application/json', body } }]);
    const answer = await saucenao().search(strangerQuery(), signal);
    assert.partialDeepStrictEqual(answer, { kind: 'error', reason: 'service-error' });
    assert.doesNotMatch(JSON.stringify(answer), /Some One|203\.0\.113\.7|<br/);
  });

  const troubles = [
    ['a reset connection', { kind: 'reset', afterBytes: 10 }, 'network', 3],
    ['a failing server', { kind: 'status', status: 500 }, 'service-error', 3],
    ['a 429 that is a web page', { kind: 'status', status: 429 }, 'rate-limited', 3],
    ['a picture too large for the server', { kind: 'status', status: 413 }, 'too-large', 1],
    ['a check for browsers', { kind: 'cloudflare' }, 'blocked', 1],
    ['a page of maintenance', { kind: 'html' }, 'bad-answer', 1],
    ['a redirect to another host', { kind: 'redirect', to: 'http://other.invalid/' }, 'bad-answer', 1],
  ] as const;
  for (const [name, fault, reason, tries] of troubles) {
    it(`tells ${name} from a picture that is not there`, async () => {
      service.setFaults([{ fault }]);
      assert.partialDeepStrictEqual(await saucenao().search(strangerQuery(), signal), { kind: 'error', reason });
      assert.equal(service.requests.length, tries);
    });
  }
});
