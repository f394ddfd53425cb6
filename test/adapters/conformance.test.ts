import assert from 'node:assert/strict';
import { DanbooruApi } from '../../src/adapters/danbooru/danbooruApi.ts';
import { DanbooruIqdb } from '../../src/adapters/danbooru/danbooruIqdb.ts';
import { DanbooruMd5 } from '../../src/adapters/danbooru/danbooruMd5.ts';
import { DanbooruPosts } from '../../src/adapters/danbooru/danbooruPosts.ts';
import { parseDanbooru } from '../../src/adapters/danbooru/parseDanbooru.ts';
import { parseDanbooruPost } from '../../src/adapters/danbooru/parseDanbooruPost.ts';
import { parseIqdbQueries } from '../../src/adapters/danbooru/parseIqdbQueries.ts';
import { parseJson } from '../../src/adapters/http/parseJson.ts';
import { TrafficMeter } from '../../src/adapters/http/trafficMeter.ts';
import { candidatesOf as iqdbCandidates } from '../../src/adapters/iqdb/candidates.ts';
import { Iqdb } from '../../src/adapters/iqdb/iqdb.ts';
import { parseIqdb } from '../../src/adapters/iqdb/parseIqdb.ts';
import { MoebooruApi, type MoebooruSite } from '../../src/adapters/moebooru/moebooruApi.ts';
import { MoebooruMd5 } from '../../src/adapters/moebooru/moebooruMd5.ts';
import { MoebooruPosts } from '../../src/adapters/moebooru/moebooruPosts.ts';
import { parseMoebooru } from '../../src/adapters/moebooru/parseMoebooru.ts';
import { parseSafebooru } from '../../src/adapters/safebooru/parseSafebooru.ts';
import { SafebooruApi } from '../../src/adapters/safebooru/safebooruApi.ts';
import { SafebooruMd5 } from '../../src/adapters/safebooru/safebooruMd5.ts';
import { SafebooruPosts } from '../../src/adapters/safebooru/safebooruPosts.ts';
import { candidatesOf as sauceNaoCandidates } from '../../src/adapters/saucenao/candidates.ts';
import { parseSauceNao } from '../../src/adapters/saucenao/parseSauceNao.ts';
import { SauceNao } from '../../src/adapters/saucenao/sauceNao.ts';
import type { Post } from '../../src/core/model/match.ts';
import { TAG_CATEGORIES, type TagSet } from '../../src/core/model/tag.ts';
import type { Candidate, ImageQuery, PostAnswer, SearchAnswer } from '../../src/core/ports/reverseImageSearch.ts';
import { bodiesOfServices, type BodiesOfService, type Body } from '../services/bodies.ts';
import { loadSamplePosts } from '../services/samplePosts.ts';
import { AnsweringServer } from './support/answeringServer.ts';
import { CollectedLog } from './support/collectedLog.ts';
import { KeptLimits } from './support/keptLimits.ts';
import { mutate, seeded } from './support/mutate.ts';
import { strangerQuery } from './support/pictures.ts';
import { allRecordings, type Recording } from './support/recordings.ts';
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
    case 'post': {
      const { ref, rating, tags, width, height } = answer.post;
      return `post ${ref.id}, ${rating}, ${counts(tags)}, ${width}x${height}`;
    }
    case 'gone':
    case 'quota':
    case 'unavailable':
      return answer.kind;
  }
}

/** `16 general 2 artist`: how many tags of which category */
const counts = (tags: TagSet): string =>
  TAG_CATEGORIES.flatMap((category) =>
    tags[category].length > 0 ? [`${tags[category].length} ${category}`] : [],
  ).join(' ');

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

/** By the MD5 of the first post. */
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
  '2023-post-animated-gif.json': ['2552401', 'post 2552401, general, 24 general 1 copyright 1 artist 3 meta, 500x708'],
  '2025-post-show.json': [
    '9969513',
    'post 9969513, general, 12 general 1 character 1 copyright 1 artist 1 meta, 2048x2048',
  ],
};

const DANBOORU_IQDB: Readonly<Record<string, string>> = {
  'readme-add-image.json': 'error bad-answer',
  'readme-query.json': 'found 1: 100 % danbooru 1234',
};

/** By the number and by the MD5 of the post. */
const MOEBOORU: Readonly<
  Record<MoebooruSite, Readonly<Record<string, readonly [id: string, post: string, found: string]>>>
> = {
  yandere: {
    '2024-post-register-resp-with-tag-types.json': [
      '1194966',
      'post 1194966, general, 1 artist, 3049x5330',
      'found 1: 100 % yandere 1194966',
    ],
    '2025-post-element.json': ['444116', 'post 444116, general, 9 general, 4877x6950', 'found 1: 100 % yandere 444116'],
  },
  konachan: {
    '2025-post-element.json': [
      '249445',
      'post 249445, general, 9 general, 1800x1267',
      'found 1: 100 % konachan 249445',
    ],
  },
};

const SAFEBOORU: Readonly<Record<string, readonly [id: string, post: string, found: string]>> = {
  '2025-dapi-post.json': [
    '6077620',
    'post 6077620, general, 42 general, 2160x1215',
    'found 1: 100 % safebooru 6077620',
  ],
};

/** It wants a key, and no adapter asks it. What it sends is no answer for the one that speaks nearly the same either. */
const GELBOORU: Readonly<Record<string, string>> = {
  '2025-dapi-post-element.json': 'error bad-answer',
  '2026-dapi-envelope-image.json': 'error bad-answer',
  '2026-dapi-tags.json': 'error bad-answer',
};

const VERDICTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  saucenao: SAUCENAO,
  iqdb: IQDB,
  danbooru: { ...DANBOORU_MD5, ...DANBOORU_POST },
  danbooru_iqdb_server: DANBOORU_IQDB,
  yandere: MOEBOORU.yandere,
  konachan: MOEBOORU.konachan,
  safebooru_org: SAFEBOORU,
  gelbooru: GELBOORU,
};

const recorded = await allRecordings();
/** Those with a verdict in `table`. */
const recordings = (service: string, table: Readonly<Record<string, unknown>>): readonly Recording[] =>
  (recorded.get(service) ?? []).filter(({ name }) => name in table);

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

  /** The verdict of what is opened for it, and closed again. */
  async function ask<A extends { close(): Promise<void> }>(
    opened: A,
    question: (opened: A) => Promise<SearchAnswer | PostAnswer>,
  ): Promise<string> {
    try {
      return verdict(await question(opened));
    } finally {
      await opened.close();
    }
  }
  const danbooru = () => new DanbooruApi({ ...parts(), account: { login: 'me', apiKey: 'key' } });
  /** The picture that the recorded answer was about. */
  const queryOf = (text: string, key: 'md5' | 'hash' = 'md5'): ImageQuery => {
    const md5 = new RegExp(`"${key}":\\s*"([0-9a-f]{32})"`).exec(text)?.[1];
    return { ...strangerQuery(), ...(md5 !== undefined && { md5 }) };
  };

  if (recorded.size === 0) {
    it('is not checked here: the recordings are not beside this checkout', () => assert.equal(recorded.size, 0));
    return;
  }

  for (const { name, status, text } of recordings('saucenao', SAUCENAO)) {
    it(`SauceNAO ${name}: ${SAUCENAO[name]}`, async () => {
      // these are elements of `results`, without the answer around them
      const whole = name.includes('single-result') ? `{"header":{"status":0},"results":[${text}]}` : text;
      server.says = { status, text: whole };
      const search = new SauceNao({ ...parts(), apiKey: 'key', minSimilarity: 70, memory: new KeptLimits() });
      assert.equal(await ask(search, (opened) => opened.search(strangerQuery(), signal)), SAUCENAO[name]);
    });
  }

  for (const { name, status, text } of recordings('iqdb', IQDB)) {
    it(`IQDB ${name}: ${IQDB[name]}`, async () => {
      server.says = { status, text };
      const search = new Iqdb({ ...parts(), memory: new KeptLimits(), minSimilarity: 80 });
      assert.equal(await ask(search, (opened) => opened.search(strangerQuery(), signal)), IQDB[name]);
    });
  }

  for (const { name, status, text } of recordings('danbooru', DANBOORU_MD5)) {
    it(`Danbooru ${name} by MD5: ${DANBOORU_MD5[name]}`, async () => {
      server.says = { status, text };
      const found = await ask(danbooru(), (api) => new DanbooruMd5(api).search(queryOf(text), signal));
      assert.equal(found, DANBOORU_MD5[name]);
    });
  }

  for (const { name, status, text } of recordings('danbooru', DANBOORU_POST)) {
    const [id, expected] = DANBOORU_POST[name]!;
    it(`Danbooru ${name} as post ${id}: ${expected}`, async () => {
      server.says = { status, text };
      const post = await ask(danbooru(), (api) => new DanbooruPosts(api).post({ site: 'danbooru', id }, signal));
      assert.equal(post, expected);
    });
  }

  for (const { name, status, text } of recordings('danbooru_iqdb_server', DANBOORU_IQDB)) {
    it(`Danbooru's image search ${name}: ${DANBOORU_IQDB[name]}`, async () => {
      server.says = { status, text };
      const found = await ask(danbooru(), (api) => new DanbooruIqdb(api, 80).search(strangerQuery(), signal));
      assert.equal(found, DANBOORU_IQDB[name]);
    });
  }

  for (const site of ['yandere', 'konachan'] as const) {
    for (const { name, status, text } of recordings(site, MOEBOORU[site])) {
      const [id, post, found] = MOEBOORU[site][name]!;
      it(`${site} ${name} as post ${id}: ${post}`, async () => {
        // elements of the list are recorded without it
        server.says = { status, text: name.includes('element') ? `[${text}]` : text };
        const open = () => new MoebooruApi(site, parts());
        assert.equal(await ask(open(), (api) => new MoebooruPosts(api).post({ site, id }, signal)), post);
        assert.equal(await ask(open(), (api) => new MoebooruMd5(api).search(queryOf(text), signal)), found);
      });
    }
  }

  for (const { name, status, text } of recordings('safebooru_org', SAFEBOORU)) {
    const [id, post, found] = SAFEBOORU[name]!;
    it(`safebooru.org ${name} as post ${id}: ${post}`, async () => {
      server.says = { status, text };
      const open = () => new SafebooruApi(parts());
      assert.equal(await ask(open(), (api) => new SafebooruPosts(api).post({ site: 'safebooru', id }, signal)), post);
      assert.equal(await ask(open(), (api) => new SafebooruMd5(api).search(queryOf(text, 'hash'), signal)), found);
    });
  }

  for (const { name, status, text } of recordings('gelbooru', GELBOORU)) {
    it(`Gelbooru ${name}, for which there is no adapter, in place of safebooru.org: ${GELBOORU[name]}`, async () => {
      server.says = { status, text };
      const found = await ask(new SafebooruApi(parts()), (api) => new SafebooruMd5(api).search(queryOf(text), signal));
      assert.equal(found, GELBOORU[name]);
    });
  }

  it('has a verdict for every recording of today', () => {
    const without = [...recorded].flatMap(([service, list]) =>
      list.filter(({ name }) => !(name in (VERDICTS[service] ?? {}))).map(({ name }) => `${service}/${name}`),
    );
    assert.deepEqual(without, []);
  });
});

describe('Answers that were cut, torn or spoiled', () => {
  const CASES = 20_000;
  /** In the services' formats, about made-up posts; the recordings come to them where they are there. */
  let own: Readonly<Record<BodiesOfService, readonly Body[]>>;

  before(async () => (own = await bodiesOfServices(await loadSamplePosts())));

  function checkPost({ ref, url, tags, sources, md5, createdAt, width, height }: Post): void {
    assert.match(ref.id, /^[1-9]\d*$/);
    assert.match(url, /^https:\/\//);
    for (const list of Object.values(tags) as readonly (readonly string[])[]) {
      for (const tag of list) assert.match(tag, /^\S+$/);
      assert.equal(new Set(list).size, list.length);
    }
    for (const source of sources) assert.match(source, /^https?:\/\//);
    if (md5 !== undefined) assert.match(md5, /^[0-9a-f]{32}$/);
    if (createdAt !== undefined) assert.match(createdAt, /^\d{4}-\d\d-\d\dT/);
    for (const side of [width, height]) assert.ok(side === undefined || (Number.isSafeInteger(side) && side > 0));
  }

  function checkCandidates(candidates: readonly Candidate[]): void {
    for (const { similarity, url, posts, post, sources, md5, tags } of candidates) {
      assert.ok(similarity >= 0 && similarity <= 100, String(similarity));
      for (const address of [...(url === '' ? [] : [url]), ...sources]) assert.match(address, /^https?:\/\//);
      for (const { id } of posts) assert.match(id, /^[\w@/-]+$/);
      if (post) checkPost(post);
      if (md5 !== undefined) assert.match(md5, /^[0-9a-f]{32}$/);
      for (const tag of tags?.general ?? []) assert.match(tag, /^\S+$/);
    }
  }

  interface Reader {
    /** folders of recordings that it reads too */
    readonly recorded: readonly string[];
    readonly read: (status: number, text: string) => void;
  }
  const readers: Readonly<Record<BodiesOfService, Reader>> = {
    saucenao: {
      recorded: ['saucenao'],
      read: (status, text) => {
        const reply = parseSauceNao(status, text);
        if (reply.kind === 'results') checkCandidates(sauceNaoCandidates(reply.hits));
      },
    },
    iqdb: {
      recorded: ['iqdb'],
      read: (_, text) => {
        const reply = parseIqdb(text);
        if (reply.kind === 'matches') checkCandidates(iqdbCandidates([...reply.rows, ...reply.weaker]));
        if (reply.kind === 'no-match') checkCandidates(iqdbCandidates(reply.rows));
      },
    },
    danbooru: {
      recorded: ['danbooru', 'danbooru_iqdb_server'],
      read: (status, text) => {
        const reply = parseDanbooru(status, text);
        if (reply.kind !== 'value') return;
        const list: readonly unknown[] = Array.isArray(reply.value) ? reply.value : [reply.value];
        for (const post of list.map(parseDanbooruPost)) if (post) checkPost(post);
        checkCandidates(parseIqdbQueries(reply.value) ?? []);
      },
    },
    moebooru: {
      recorded: ['yandere', 'konachan'],
      read: (_, text) => parseMoebooru('yandere', parseJson(text))?.forEach(checkPost),
    },
    safebooru: {
      recorded: ['safebooru_org', 'gelbooru'],
      read: (_, text) => parseSafebooru(parseJson(text))?.forEach(checkPost),
    },
  };

  for (const service of Object.keys(readers) as readonly BodiesOfService[]) {
    it(`never crash the parser of ${service}, which yields only what makes sense`, () => {
      const { recorded: folders, read } = readers[service];
      const bodies = [...own[service], ...folders.flatMap((folder) => recorded.get(folder) ?? [])];
      const random = seeded(20260301);
      for (let i = 0; i < CASES / Object.keys(readers).length; i++) {
        const body = bodies[i % bodies.length]!;
        const text = mutate(body.text, random);
        try {
          read(body.status, text);
        } catch (error) {
          throw new Error(`case ${i} of ${body.name}: ${JSON.stringify(text.slice(0, 2000))}`, { cause: error });
        }
      }
    });
  }
});
