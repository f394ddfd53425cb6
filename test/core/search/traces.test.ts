import assert from 'node:assert/strict';
import type { BesideEvidence } from '../../../src/core/model/evidence.ts';
import type { Look } from '../../../src/core/model/look.ts';
import type { PostSite } from '../../../src/core/model/match.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { PostAnswer, SearchAnswer } from '../../../src/core/ports/reverseImageSearch.ts';
import { ServiceAnswers } from '../../../src/core/search/serviceAnswers.ts';
import { Traces, type Traced } from '../../../src/core/search/traces.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { askingOf, foundPost, Md5Service, md5Of, openStore, postOf, queryOf, Site } from './asked.ts';

/** Its own is `md5Of('0')`. */
const MD5 = `${md5Of('0').slice(1)}a`;
const LOOK = { width: 1000, height: 700 } as Look;
const SAME_SHAPE = { width: 2000, height: 1400 };
const OTHER_SHAPE = { width: 700, height: 1000 };
const down: PostAnswer & SearchAnswer = { kind: 'error', reason: 'network', message: 'down' };

const besideOf = (more: Partial<BesideEvidence>): BesideEvidence => ({
  file: '/inbox/a.json', md5s: [], posts: [], sources: [], ...more,
}); // prettier-ignore

interface Scene {
  readonly name?: string;
  readonly beside?: readonly BesideEvidence[];
  readonly md5s?: Readonly<Record<string, SearchAnswer>>;
  readonly danbooru?: Readonly<Record<string, PostAnswer>>;
  readonly yandere?: Readonly<Record<string, PostAnswer>>;
  readonly look?: Look | undefined;
  readonly problems?: readonly string[];
}

interface Followed extends Traced {
  /** MD5s and posts that somebody was asked for */
  readonly asked: readonly string[];
  readonly looks: number;
}

async function follow(scene: Scene): Promise<Followed> {
  const [followed] = await followTwice(scene);
  return followed;
}

/** The same once more in a later run. */
async function followTwice({ name = 'a.jpg', beside = [], md5s = {}, danbooru = {}, yandere = {}, ...scene }: Scene) {
  await using s = await openStore();
  const service = new Md5Service(md5s);
  const one = async (): Promise<Followed> => {
    const before = service.asked.length;
    const sites = [new Site('danbooru', danbooru), new Site('yandere', yandere)];
    const traces = new Traces({
      beside: { read: () => Promise.resolve({ evidence: beside, problems: scene.problems ?? [] }) },
      byBytes: [service],
      posts: sites,
      answers: new ServiceAnswers({ store: s.store, clock: new SimulatedClock(), cacheFor: 1000, parked: new Set() }),
      pageOf: ({ site, id }) => (site === 'twitter' ? undefined : `https://page.example/${site}/${id}`),
    });
    let looks = 0;
    const look = (): Promise<Look | undefined> => {
      looks++;
      return Promise.resolve('look' in scene ? scene.look : LOOK);
    };
    const traced = await traces.follow(queryOf(`/inbox/${name}`), look, askingOf(s.store));
    const asked = [...service.asked.slice(before), ...sites.flatMap(({ site, asked: ids }) => ids.map((id) => `${site} ${id}`))]; // prettier-ignore
    return { ...traced, asked, looks };
  };
  return [await one(), await one()] as const;
}

const postAnswer = (site: PostSite, id: string, more = {}): PostAnswer => ({
  kind: 'post',
  post: postOf(site, id, more),
});
const tagged = (general: string) => ({ ...NO_TAGS, general: [general] });

describe('The traces that a file carries', () => {
  it('are none in a name that says nothing: nobody is asked, and the picture is not decoded', async () => {
    const { asked, looks, ...traced } = await follow({ name: 'holiday.jpg' });
    assert.deepEqual([asked, looks], [[], 0]);
    assert.deepEqual(traced, { sources: [], said: [], problems: [] });
  });

  it('lead from the MD5 in its name to the post, which nothing was compared with', async () => {
    const post = postOf('danbooru', '1', { md5: MD5, ...SAME_SHAPE });
    const { found, asked } = await follow({ name: `${MD5}.jpg`, md5s: { [MD5]: foundPost(post) } });
    assert.equal(found?.finder, 'file-name');
    assert.deepEqual(found.lead, { url: post.url, posts: [post.ref], post, sources: [] });
    assert.deepEqual(asked, [MD5]);
  });

  it('are not followed by the MD5 that the file has itself, which is looked up anyway', async () => {
    assert.deepEqual((await follow({ name: `${md5Of('0')}.jpg` })).asked, []);
    const beside = [besideOf({ md5s: [md5Of('0')] })];
    assert.deepEqual((await follow({ beside })).asked, []);
  });

  it('are followed by an MD5 once, and not again in the next run', async () => {
    const [first, second] = await followTwice({ name: `${MD5}.jpg` });
    assert.deepEqual([first.asked, second.asked], [[MD5], []]);
    assert.deepEqual([first.error, second.error], [undefined, undefined], 'an answer is no trouble');
    const post = postOf('danbooru', '1');
    const [, again] = await followTwice({ name: `${MD5}.jpg`, md5s: { [MD5]: foundPost(post) } });
    assert.deepEqual([again.asked, again.found?.lead.post], [[], post]);
  });

  it('are followed by each of several MD5s, also in the next run', async () => {
    const [other, post] = [md5Of('b'), postOf('danbooru', '1')];
    const scene = { name: `${MD5} ${other}.jpg`, md5s: { [other]: foundPost(post) } };
    for (const { found } of await followTwice(scene)) assert.deepEqual(found?.lead.post, post);
  });

  it('are exact when the post has the very bytes of the file', async () => {
    const danbooru = { 123456: postAnswer('danbooru', '123456', { md5: md5Of('0') }) };
    const { found } = await follow({ name: 'danbooru_123456.jpg', danbooru });
    assert.equal(found?.lead.similarity, 100);
    const other = await follow({ name: 'danbooru_123456.jpg', danbooru: { 123456: postAnswer('danbooru', '123456') } });
    assert.ok(other.found && !('similarity' in other.found.lead));
  });

  it('mislead when the post has another shape, which is said, and the next one is tried', async () => {
    const wrong = { 1: postAnswer('danbooru', '1', OTHER_SHAPE), 123456: postAnswer('danbooru', '123456', SAME_SHAPE) };
    const { found, said } = await follow({
      name: 'danbooru_123456.jpg',
      beside: [besideOf({ posts: [{ site: 'danbooru', id: '1' }] })],
      danbooru: wrong,
    });
    assert.deepEqual([found?.finder, found?.lead.post?.ref.id], ['file-name', '123456']);
    assert.deepEqual(said, ['file-beside: danbooru 1 has another shape than this picture']);
    const byMd5 = await follow({
      name: `${MD5}.jpg`,
      md5s: { [MD5]: foundPost(postOf('danbooru', '1', OTHER_SHAPE)) },
    });
    assert.equal(byMd5.found, undefined);
    assert.deepEqual(byMd5.said, [`file-name: danbooru-md5’s file ${MD5} has another shape than this picture`]);
  });

  it('take shapes that differ by the rounding of a reduced copy for the same, and believe what can’t be compared', async () => {
    const at = async (post: object) => {
      const danbooru = { 123456: postAnswer('danbooru', '123456', post) };
      return (await follow({ name: 'danbooru_123456.jpg', danbooru })).found !== undefined;
    };
    assert.ok(await at({ width: 1019, height: 700 }));
    assert.ok(!(await at({ width: 1021, height: 700 })));
    assert.ok(await at({ width: 981, height: 700 }));
    assert.ok(!(await at({ width: 979, height: 700 })));
    assert.ok(await at({ height: 700 }));
    assert.ok(await at({ width: 10 }));
    const undecoded = await follow({
      name: 'danbooru_123456.jpg',
      danbooru: { 123456: postAnswer('danbooru', '123456', OTHER_SHAPE) },
      look: undefined,
    });
    assert.ok(undecoded.found);
  });

  it('end at a post that is gone, or at a site that is down, and both are told apart', async () => {
    const gone = await follow({ name: 'danbooru_123456.jpg' });
    assert.deepEqual([gone.found, gone.error], [undefined, undefined]);
    assert.deepEqual(gone.said, ['file-name: danbooru 123456 is gone']);
    const away = await follow({ name: 'danbooru_123456.jpg', danbooru: { 123456: down } });
    assert.deepEqual(away.error, {
      reason: 'network',
      message: 'file-name: danbooru 123456 can’t be fetched: down',
    });
    assert.deepEqual(away.said, []);
    const unasked = await follow({ name: `${MD5}.jpg`, md5s: { [MD5]: down } });
    assert.deepEqual(unasked.error, { reason: 'network', message: 'danbooru-md5: down' });
  });

  it('tell the first trouble of several, and none of it is lost when a later trace leads somewhere', async () => {
    const posts = [
      { site: 'danbooru', id: '1' },
      { site: 'yandere', id: '2' },
    ] as const;
    const first = await follow({
      beside: [besideOf({ md5s: [MD5], posts })],
      md5s: { [MD5]: { ...down, message: 'first' } },
      danbooru: { 1: { ...down, message: 'second' } },
      yandere: { 2: postAnswer('yandere', '2') },
      problems: ['/inbox/a.jpg.txt can’t be understood'],
    });
    assert.equal(first.found?.lead.post?.ref.site, 'yandere');
    assert.equal(first.error?.message, 'danbooru-md5: first');
    assert.deepEqual(first.problems, ['/inbox/a.jpg.txt can’t be understood']);
  });

  it('are the tags that lie beside it where no post can be had, with the page of the post and what it names', async () => {
    const beside = [
      besideOf({}),
      besideOf({ sources: ['https://art.example/1'], artist: 'aoi' }),
      besideOf({
        tags: tagged('night'),
        rating: 'general',
        createdAt: '2020-01-02T03:04:05Z',
        posts: [{ site: 'gelbooru', id: '7' }],
        sources: ['https://art.example/1', 'https://art.example/2'],
        artist: 'somebody else',
        title: 'harbour',
      }),
    ];
    const { found, sources } = await follow({ beside });
    assert.equal(found?.finder, 'file-beside');
    assert.deepEqual(found.lead, {
      url: 'https://page.example/gelbooru/7',
      posts: [],
      sources: ['https://art.example/1', 'https://art.example/2'],
      artist: 'aoi',
      title: 'harbour',
      tags: tagged('night'),
      rating: 'general',
      createdAt: '2020-01-02T03:04:05Z',
    });
    assert.deepEqual(sources, ['https://art.example/1', 'https://art.example/2']);
  });

  it('are exact by a file beside it that names its MD5', async () => {
    const beside = (md5: string) => [besideOf({ tags: tagged('night'), md5s: [md5] })];
    assert.equal((await follow({ beside: beside(md5Of('0')) })).found?.lead.similarity, 100);
    const other = await follow({ beside: beside(MD5) });
    assert.ok(other.found && !('similarity' in other.found.lead));
    assert.equal(other.found.lead.url, '');
  });

  it('are believed beside it when one of its posts has another shape, a part of the picture, and another one fits', async () => {
    const posts = ['1', '2'].map((id) => ({ site: 'danbooru' as const, id }));
    const danbooru = { 1: postAnswer('danbooru', '1', OTHER_SHAPE), 2: postAnswer('danbooru', '2', SAME_SHAPE) };
    const beside = [besideOf({ posts, sources: ['https://art.example/1'], title: 'harbour' })];
    const { found } = await follow({ beside, danbooru });
    assert.equal(found?.lead.post?.ref.id, '2');
    assert.deepEqual([found.lead.sources, found.lead.title], [['https://art.example/1'], 'harbour']);
  });

  it('are not the tags beside it when their post has another shape', async () => {
    const beside = [besideOf({ tags: tagged('wrong'), posts: [{ site: 'danbooru', id: '1' }] })];
    const { found, work } = await follow({ beside, danbooru: { 1: postAnswer('danbooru', '1', OTHER_SHAPE) } });
    assert.deepEqual([found, work], [undefined, undefined]);
  });

  it('lead to the work where the site has no tags, which a search may know more of', async () => {
    const { found, work, asked } = await follow({
      name: '12345678_p0.jpg',
      beside: [besideOf({ sources: ['https://art.example/1'], title: 'harbour' })],
    });
    assert.deepEqual([found, asked], [undefined, []]);
    assert.equal(work?.finder, 'file-name');
    assert.deepEqual(work.lead, {
      url: 'https://page.example/pixiv/12345678',
      posts: [{ site: 'pixiv', id: '12345678' }],
      sources: ['https://art.example/1'],
      title: 'harbour',
    });
  });

  it('lead to the work of a file beside before that of the name, and to no post of a booru that is gone', async () => {
    const posts = [
      { site: 'danbooru', id: '1' },
      { site: 'twitter', id: '22' },
      { site: 'pixiv', id: '33' },
    ] as const;
    const { work } = await follow({ name: '12345678_p0.jpg', beside: [besideOf({ posts })] });
    assert.equal(work?.finder, 'file-beside');
    assert.deepEqual([work.lead.url, work.lead.posts], ['https://page.example/pixiv/33', posts.slice(1)]);
    assert.equal((await follow({ name: 'danbooru_123456.jpg' })).work, undefined);
  });

  it('lead to no work of a file beside that is another picture’s', async () => {
    const posts = [
      { site: 'danbooru', id: '1' },
      { site: 'pixiv', id: '33' },
    ] as const;
    const scene = { beside: [besideOf({ posts })], danbooru: { 1: postAnswer('danbooru', '1', OTHER_SHAPE) } };
    assert.equal((await follow(scene)).work, undefined);
    assert.deepEqual((await follow({ ...scene, name: '12345678_p0.jpg' })).work?.lead.posts, [
      { site: 'pixiv', id: '12345678' },
    ]);
  });

  describe('of a file beside that is another picture’s', () => {
    const foreign = besideOf({
      tags: tagged('wrong'),
      rating: 'explicit',
      artist: 'somebody else',
      title: 'wrong',
      createdAt: '2020-01-02T03:04:05Z',
      sources: ['https://wrong.example/'],
      posts: [{ site: 'danbooru', id: '1' }],
    });
    const danbooru = { 1: postAnswer('danbooru', '1', OTHER_SHAPE) };
    const own = besideOf({
      file: '/inbox/a.txt',
      sources: ['https://art.example/1'],
      artist: 'aoi',
      rating: 'general',
    });

    it('lead to a work without the tags, the rating, the names and the addresses in it', async () => {
      const { work, sources } = await follow({ name: '12345678_p0.jpg', beside: [foreign], danbooru });
      assert.equal(work?.finder, 'file-name');
      assert.deepEqual(work.lead, {
        url: 'https://page.example/pixiv/12345678',
        posts: [{ site: 'pixiv', id: '12345678' }],
        sources: [],
      });
      assert.deepEqual(sources, []);
    });

    it('lead to a work, to a post and to tags with what another file beside tells alone', async () => {
      const { work, sources } = await follow({ name: '12345678_p0.jpg', beside: [foreign, own], danbooru });
      assert.deepEqual(work?.lead, {
        url: 'https://page.example/pixiv/12345678',
        posts: [{ site: 'pixiv', id: '12345678' }],
        sources: ['https://art.example/1'],
        artist: 'aoi',
        rating: 'general',
      });
      assert.deepEqual(sources, ['https://art.example/1']);

      const { found } = await follow({
        name: 'danbooru_123456.jpg',
        beside: [foreign, own],
        danbooru: { ...danbooru, 123456: postAnswer('danbooru', '123456', SAME_SHAPE) },
      });
      const { artist, title, sources: named } = found?.lead ?? {};
      assert.deepEqual([artist, title, named], ['aoi', undefined, ['https://art.example/1']]);

      const beside = [foreign, { ...own, tags: tagged('night') }];
      const { found: tags } = await follow({ beside, danbooru });
      assert.deepEqual(tags?.lead, {
        url: 'https://art.example/1',
        posts: [],
        sources: [],
        artist: 'aoi',
        tags: tagged('night'),
        rating: 'general',
      });
    });

    it('lead to no address that a search would name as a source', async () => {
      const { found, work, sources } = await follow({ beside: [foreign], danbooru });
      assert.deepEqual([found, work, sources], [undefined, undefined, []]);
    });
  });
});
