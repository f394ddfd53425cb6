import assert from 'node:assert/strict';
import { DanbooruApi } from '../../src/adapters/danbooru/danbooruApi.ts';
import { DanbooruIqdb } from '../../src/adapters/danbooru/danbooruIqdb.ts';
import { DanbooruMd5 } from '../../src/adapters/danbooru/danbooruMd5.ts';
import { DanbooruPosts } from '../../src/adapters/danbooru/danbooruPosts.ts';
import { parseDanbooru } from '../../src/adapters/danbooru/parseDanbooru.ts';
import { parseDanbooruPost } from '../../src/adapters/danbooru/parseDanbooruPost.ts';
import { parseIqdbQueries } from '../../src/adapters/danbooru/parseIqdbQueries.ts';
import { TrafficMeter } from '../../src/adapters/http/trafficMeter.ts';
import { candidatesOf as iqdbCandidates } from '../../src/adapters/iqdb/candidates.ts';
import { Iqdb } from '../../src/adapters/iqdb/iqdb.ts';
import { parseIqdb } from '../../src/adapters/iqdb/parseIqdb.ts';
import { candidatesOf as sauceNaoCandidates } from '../../src/adapters/saucenao/candidates.ts';
import { parseSauceNao } from '../../src/adapters/saucenao/parseSauceNao.ts';
import { SauceNao } from '../../src/adapters/saucenao/sauceNao.ts';
import { countTags } from '../../src/core/model/tag.ts';
import type { Candidate, PostAnswer, SearchAnswer } from '../../src/core/ports/reverseImageSearch.ts';
import { AnsweringServer } from './support/answeringServer.ts';
import { CollectedLog } from './support/collectedLog.ts';
import { KeptLimits } from './support/keptLimits.ts';
import { mutate, seeded } from './support/mutate.ts';
import { strangerQuery } from './support/pictures.ts';
import { recordingsOf, type Recording } from './support/recordings.ts';
import { SimulatedClock } from './support/simulatedClock.ts';

/** In one line: what a user is told. */
function verdict(answer: SearchAnswer | PostAnswer): string {
  switch (answer.kind) {
    case 'found': {
      const [best] = answer.candidates;
      const posts = best?.posts.map(({ site, id }) => `${site} ${id}`).join(', ');
      return `found ${answer.candidates.length}: ${best?.similarity} % ${posts}`;
    }
    case 'no-match':
      return `no match, best ${answer.best ?? 'none'}`;
    case 'error':
      return `error ${answer.reason}`;
    case 'post':
      return `post ${answer.post.ref.id}, ${answer.post.rating}, ${countTags(answer.post.tags)} tags`;
    case 'gone':
    case 'quota':
    case 'unavailable':
      return answer.kind;
  }
}

const SAUCENAO: Readonly<Record<string, string>> = {
  '2019-html-error-need-an-image.html': 'error service-error',
  '2020-429-short-limit-unregistered.json': 'error rate-limited',
  '2020-db0-index-is-array.json': 'no match, best 0.37',
  '2020-db10-drawr.json': 'no match, best 11.07',
  '2020-db11-nijie.json': 'no match, best 12.75',
  '2020-db12-yandere.json': 'no match, best 12.58',
  '2020-db13-no-results.json': 'no match, best none',
  '2020-db15-no-results.json': 'no match, best none',
  '2020-db20-medibang.json': 'no match, best 10',
  '2020-db21-anime.json': 'no match, best 19.5',
  '2020-db23-movies.json': 'no match, best 16.02',
  '2020-db25-gelbooru.json': 'no match, best 16.26',
  '2020-db29-e621.json': 'no match, best 16.62',
  '2020-db3-no-results-no-index.json': 'no match, best none',
  '2020-db30-idolcomplex.json': 'no match, best 8.97',
  '2020-db31-bcy-illust.json': 'no match, best 21',
  '2020-db32-bcy-cosplay.json': 'no match, best 16.12',
  '2020-db34-deviantart.json': 'no match, best 23.6',
  '2020-db36-madokami.json': 'no match, best 16.72',
  '2020-db37-mangadex.json': 'no match, best 14.31',
  '2020-db5-pixiv.json': 'no match, best 23.5',
  '2020-db9-danbooru.json': 'no match, best 18.71',
  '2020-ok-all-low-similarity.json': 'no match, best 31.44',
  '2021-db39-artstation.json': 'no match, best 44.86',
  '2021-db40-furaffinity.json': 'no match, best 44.5',
  '2021-db42-furry-network.json': 'no match, best 44.63',
  '2023-invalid-key-status-minus1.json': 'error key-refused',
  '2023-ok-high-pixiv-danbooru.json':
    'found 2: 93.41 % danbooru 2211877, gelbooru 2970563, sankaku 4997896, anime-pictures 457052, pixiv 54061660',
  '2023-ok-low-similarity-16-indexes.json': 'no match, best 15.12',
  '2023-short-limit-status-minus2.json': 'error rate-limited',
  '2023-single-result-danbooru-4-sites.json':
    'found 1: 93.33 % danbooru 2211877, gelbooru 2970563, sankaku 4997896, anime-pictures 457052, pixiv 54061660',
  '2023-single-result-pixiv.json': 'found 1: 93.41 % pixiv 54061660',
  '2023-single-result-twitter.json': 'no match, best 41.69',
  '2023-url-404-status-minus3.json': 'error service-error',
};

const IQDB: Readonly<Record<string, string>> = {
  '2017-best-additional-1.html': 'found 1: 97 % danbooru 2659406, sankaku 5927086',
  '2017-best-additional-2.html': 'found 1: 88 % danbooru 2660974, sankaku 5929929',
  '2017-best-additional-4.html': 'found 2: 96 % danbooru 2667513, sankaku 5941811, e-shuushuu 895004, zerochan 2081999',
  '2017-best-additional-6.html': 'found 1: 96 % danbooru 2679713, sankaku 5963689',
  '2017-err-file-too-large-kb.html': 'error too-large',
  '2017-err-http-request-failed.html': 'error service-error',
  '2017-err-not-an-image-css.html': 'error service-error',
  '2017-no-relevant-possible-2.html': 'no match, best 59',
  '2017-post-file-err-413.html': 'error too-large',
  '2017-post-file-err-cant-read-query-result.html': 'error service-error',
  '2026-err-not-an-image-url.html': 'error service-error',
  '2026-queued-then-best-additional.html': 'no match, best 68',
};

const DANBOORU_MD5: Readonly<Record<string, string>> = {
  '2017-tags-list.json': 'error bad-answer',
  '2020-posts-list-9.json': 'found 1: 100 % danbooru 4018204',
  '2020-tags-list.json': 'error bad-answer',
  '2025-err-410-page-limit.json': 'error service-error',
};

/** By the number in the post. */
const DANBOORU_POST: Readonly<Record<string, readonly [id: string, verdict: string]>> = {
  // cut off in the recording
  '2016-banned-post-prefix.txt': ['2438399', 'error bad-answer'],
  '2023-post-animated-gif.json': ['2552401', 'post 2552401, general, 29 tags'],
  '2025-post-show.json': ['9969513', 'post 9969513, general, 16 tags'],
};

const DANBOORU_IQDB: Readonly<Record<string, string>> = {
  'readme-add-image.json': 'error bad-answer',
  'readme-query.json': 'found 1: 100 % danbooru 1234',
};

const services = ['saucenao', 'iqdb', 'danbooru', 'danbooru_iqdb_server'] as const;
const recorded = Object.fromEntries(
  await Promise.all(services.map(async (service) => [service, await recordingsOf(service)] as const)),
) as Record<(typeof services)[number], readonly Recording[]>;

describe('Conformance with recorded answers', () => {
  const signal = new AbortController().signal;
  const server = new AnsweringServer();
  let endpoint: string;

  before(async () => (endpoint = await server.start()));
  after(() => server.close());

  const parts = () => ({
    endpoint,
    version: '0',
    secondsBetween: 0,
    clock: new SimulatedClock(),
    log: new CollectedLog(),
    traffic: new TrafficMeter(),
  });

  async function withDanbooru(ask: (api: DanbooruApi) => Promise<SearchAnswer | PostAnswer>): Promise<string> {
    const api = new DanbooruApi({ ...parts(), account: { login: 'me', apiKey: 'key' } });
    try {
      return verdict(await ask(api));
    } finally {
      await api.close();
    }
  }

  if (Object.values(recorded).every((list) => list.length === 0)) {
    it('is not checked here: the recordings are not beside this checkout', () => {
      assert.deepEqual(recorded, { saucenao: [], iqdb: [], danbooru: [], danbooru_iqdb_server: [] });
    });
    return;
  }

  for (const { name, status, text } of recorded.saucenao.filter((one) => one.name in SAUCENAO)) {
    it(`SauceNAO ${name}: ${SAUCENAO[name]}`, async () => {
      // these are elements of `results`, without the answer around them
      const whole = name.includes('single-result') ? `{"header":{"status":0},"results":[${text}]}` : text;
      server.says = { status, text: whole };
      const search = new SauceNao({ ...parts(), apiKey: 'key', minSimilarity: 70, memory: new KeptLimits() });
      try {
        assert.equal(verdict(await search.search(strangerQuery(), signal)), SAUCENAO[name]);
      } finally {
        await search.close();
      }
    });
  }

  for (const { name, status, text } of recorded.iqdb.filter((one) => one.name in IQDB)) {
    it(`IQDB ${name}: ${IQDB[name]}`, async () => {
      server.says = { status, text };
      const search = new Iqdb({ ...parts(), minSimilarity: 80 });
      try {
        assert.equal(verdict(await search.search(strangerQuery(), signal)), IQDB[name]);
      } finally {
        await search.close();
      }
    });
  }

  for (const { name, status, text } of recorded.danbooru.filter((one) => one.name in DANBOORU_MD5)) {
    it(`Danbooru ${name} by MD5: ${DANBOORU_MD5[name]}`, async () => {
      server.says = { status, text };
      assert.equal(
        await withDanbooru((api) => new DanbooruMd5(api).search(strangerQuery(), signal)),
        DANBOORU_MD5[name],
      );
    });
  }

  for (const { name, status, text } of recorded.danbooru.filter((one) => one.name in DANBOORU_POST)) {
    const [id, expected] = DANBOORU_POST[name]!;
    it(`Danbooru ${name} as post ${id}: ${expected}`, async () => {
      server.says = { status, text };
      const ask = (api: DanbooruApi) => new DanbooruPosts(api).post({ site: 'danbooru', id }, signal);
      assert.equal(await withDanbooru(ask), expected);
    });
  }

  for (const { name, status, text } of recorded.danbooru_iqdb_server.filter((one) => one.name in DANBOORU_IQDB)) {
    it(`Danbooru's image search ${name}: ${DANBOORU_IQDB[name]}`, async () => {
      server.says = { status, text };
      const ask = (api: DanbooruApi) => new DanbooruIqdb(api, 80).search(strangerQuery(), signal);
      assert.equal(await withDanbooru(ask), DANBOORU_IQDB[name]);
    });
  }

  it('has a verdict for every recording of today', () => {
    const known = { ...SAUCENAO, ...IQDB, ...DANBOORU_MD5, ...DANBOORU_POST, ...DANBOORU_IQDB };
    const all = Object.values(recorded).flatMap((list) => list.map(({ name }) => name));
    assert.deepEqual(
      all.filter((name) => !(name in known)),
      [],
    );
  });
});

describe('Answers that were cut, torn or spoiled', () => {
  const CASES = 2000;

  // in the formats of the services, about made-up posts: what is fuzzed where there are no recordings
  const own: Readonly<Record<'saucenao' | 'iqdb' | 'danbooru', readonly Recording[]>> = {
    saucenao: [
      {
        name: 'found',
        status: 200,
        text: '{"header":{"status":0,"short_limit":"4","long_limit":"100","long_remaining":98,"short_remaining":3,"minimum_similarity":32.5},"results":[{"header":{"similarity":"93.41","index_id":9},"data":{"ext_urls":["https:\\/\\/danbooru.donmai.us\\/post\\/show\\/9900001"],"danbooru_id":9900001,"creator":"nine herons","source":"http:\\/\\/i1.pixiv.net\\/img-original\\/img\\/2015\\/12\\/16\\/00\\/55\\/44\\/99000011"}}]}',
      },
      {
        name: 'limit',
        status: 429,
        text: '{"header":{"status":-2,"message":"<strong>Search Rate Too High.<\\/strong>"}}',
      },
    ],
    iqdb: [
      {
        name: 'found',
        status: 200,
        text: "<html><head><title>Multi-service image search - Search results</title></head><body><div id='pages' class='pages'><div><table><tr><th>Best match</th></tr><tr><td class='image'><a href=\"//danbooru.donmai.us/posts/9900001\"><img src='/danbooru/1/f/8/1f80123456789abcdef0123456789abc.jpg'></a></td></tr><tr><td>Danbooru</td></tr><tr><td>[Safe]</td></tr><tr><td>96% similarity</td></tr></table></div></div></body></html>",
      },
    ],
    danbooru: [
      {
        name: 'post',
        status: 200,
        text: '[{"id":9900001,"rating":"s","source":"https://example.org/1","md5":"1f80123456789abcdef0123456789abc","created_at":"2025-09-15T19:27:31.639-04:00","tag_string_general":"solo smile","tag_string_character":"","tag_string_copyright":"original","tag_string_artist":"inkwell_otter","tag_string_meta":""}]',
      },
      {
        name: 'matches',
        status: 201,
        text: '[{"post_id":9900001,"score":81.5,"hash":"iqdb_0","post":{"id":9900001}}]',
      },
    ],
  };

  function check(candidates: readonly Candidate[]): void {
    for (const { similarity, url, posts } of candidates) {
      assert.ok(similarity >= 0 && similarity <= 100, String(similarity));
      assert.ok(url === '' || /^https?:\/\//.test(url), url);
      for (const { id } of posts) assert.match(id, /^[\w@/-]+$/);
    }
  }

  const readers: Readonly<Record<keyof typeof own, (status: number, text: string) => void>> = {
    saucenao: (status, text) => {
      const reply = parseSauceNao(status, text);
      if (reply.kind === 'results') check(sauceNaoCandidates(reply.hits));
    },
    iqdb: (_, text) => {
      const reply = parseIqdb(text);
      if (reply.kind === 'matches') check(iqdbCandidates([...reply.rows, ...reply.weaker]));
    },
    danbooru: (status, text) => {
      const reply = parseDanbooru(status, text);
      if (reply.kind !== 'value') return;
      const list: readonly unknown[] = Array.isArray(reply.value) ? reply.value : [reply.value];
      for (const post of list.map(parseDanbooruPost)) if (post) assert.match(post.ref.id, /^[1-9]\d*$/);
      check(parseIqdbQueries(reply.value) ?? []);
    },
  };

  for (const service of ['saucenao', 'iqdb', 'danbooru'] as const) {
    const bodies = [...own[service], ...recorded[service]];
    it(`never crash the parser of ${service}, which yields only candidates that make sense`, () => {
      const random = seeded(20260301);
      for (let i = 0; i < CASES / 3; i++) {
        const body = bodies[i % bodies.length]!;
        const text = mutate(body.text, random);
        try {
          readers[service](body.status, text);
        } catch (error) {
          throw new Error(`case ${i} of ${body.name}: ${JSON.stringify(text.slice(0, 2000))}`, { cause: error });
        }
      }
    });
  }
});
