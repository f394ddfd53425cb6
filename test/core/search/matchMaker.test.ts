import assert from 'node:assert/strict';
import { ImageError } from '../../../src/core/model/failure.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { Post } from '../../../src/core/model/match.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { ImageQuery, PostAnswer, PostSource } from '../../../src/core/ports/reverseImageSearch.ts';
import type { Lead } from '../../../src/core/search/lead.ts';
import { MatchMaker } from '../../../src/core/search/matchMaker.ts';
import type { ServiceAnswers } from '../../../src/core/search/serviceAnswers.ts';
import { TagFilter } from '../../../src/core/search/tagFilter.ts';
import { foundPost, Md5Service, md5Of, NO_MATCH, postOf } from './asked.ts';

const query: ImageQuery = {
  path: '/a.jpg',
  sha256: '0'.repeat(64) as ContentHash,
  md5: '0'.repeat(32),
  upload: () => Promise.reject(new Error('not needed')),
};
const asking = {
  signal: new AbortController().signal,
  remember: () => Promise.resolve(),
  warn: () => undefined,
};
const post = (site: Post['ref']['site'], tag: string): PostAnswer => ({
  kind: 'post',
  post: { ref: { site, id: '1' }, url: `https://${site}/1`, tags: { ...NO_TAGS, general: [tag] }, sources: [] },
});
const down: PostAnswer = { kind: 'error', reason: 'network', message: 'down' };
const lead = (similarity: number, site: Post['ref']['site'], more: Partial<Lead> = {}): Lead => ({
  similarity,
  url: `https://${site}/1`,
  posts: [{ site, id: '1' }],
  sources: [],
  ...more,
});

/** What the sites say of their posts. */
function maker(sites: Readonly<Partial<Record<Post['ref']['site'], PostAnswer>>>, danbooru?: Md5Service): MatchMaker {
  const posts = (Object.keys(sites) as Post['ref']['site'][]).map((site): PostSource => ({
    site,
    post: () => Promise.resolve(sites[site] ?? down),
  }));
  const answers = { post: (source: PostSource) => source.post({ site: source.site, id: '1' }, asking.signal) };
  return new MatchMaker({
    posts,
    danbooru,
    answers: answers as unknown as ServiceAnswers,
    filter: new TagFilter([]),
  });
}

const match = (sites: Parameters<typeof maker>[0], leads: readonly Lead[]) =>
  maker(sites).match('saucenao', leads, query, asking);

describe('From candidates to a match', () => {
  it('a post with tags goes before a work without, if it is about as like', async () => {
    const found = await match({ danbooru: post('danbooru', 'night') }, [lead(98, 'pixiv'), lead(92, 'danbooru')]);
    assert.deepEqual(found?.tags.general, ['night']);
  });

  it('another picture that is somewhat like does not push the right one out', async () => {
    const found = await match({ danbooru: post('danbooru', 'wrong') }, [lead(98, 'pixiv'), lead(71, 'danbooru')]);
    assert.equal(found?.url, 'https://pixiv/1');
    assert.deepEqual(found.tags, NO_TAGS);
  });

  it('another picture that is somewhat like does not take the place of the right one whose post is gone', async () => {
    const sites = { danbooru: { kind: 'gone' }, yandere: post('yandere', 'wrong') } as const;
    assert.equal(await match(sites, [lead(98, 'danbooru'), lead(71, 'yandere')]), undefined);
    const found = await match(sites, [lead(98, 'danbooru'), lead(92, 'yandere')]);
    assert.equal(found?.url, 'https://yandere/1');
  });

  it('Danbooru is waited for when it is down, for its tags are the best kept', async () => {
    const both = {
      ...lead(98, 'danbooru'),
      posts: [
        { site: 'danbooru', id: '1' },
        { site: 'yandere', id: '1' },
      ],
    } as Lead;
    await assert.rejects(match({ danbooru: down, yandere: post('yandere', 'x') }, [both]), ImageError);
  });

  it('of the other sites one stands in for another, and the tags of the answer for all', async () => {
    const both = {
      ...lead(98, 'yandere'),
      posts: [
        { site: 'yandere', id: '1' },
        { site: 'konachan', id: '1' },
      ],
    } as Lead;
    const found = await match({ yandere: down, konachan: post('konachan', 'x') }, [both]);
    assert.equal(found?.post?.site, 'konachan');
    const told = await match({ yandere: down }, [lead(98, 'yandere', { tags: { ...NO_TAGS, general: ['told'] } })]);
    assert.deepEqual(told?.tags.general, ['told']);
    await assert.rejects(match({ yandere: down }, [lead(98, 'yandere')]), ImageError);
  });

  it('there is none when all posts are gone', async () => {
    assert.equal(await match({ danbooru: { kind: 'gone' } }, [lead(98, 'danbooru')]), undefined);
  });

  it('keeps all that post and candidate tell, the post’s word before the other', async () => {
    const theirs = { createdAt: '2020-01-02T03:04:05Z', rating: 'general', sources: ['https://a.example/', 'https://b.example/'] } as const; // prettier-ignore
    const told = {
      artist: 'aoi',
      title: 'harbour',
      createdAt: '2011-01-01T00:00:00Z',
      rating: 'explicit',
      sources: ['https://b.example/', 'https://c.example/'],
    } as const;
    const answer: PostAnswer = { kind: 'post', post: postOf('danbooru', '1', theirs) };
    assert.deepEqual(await match({ danbooru: answer }, [lead(98, 'danbooru', told)]), {
      provider: 'saucenao',
      url: 'https://danbooru.example/1',
      tags: { ...NO_TAGS, general: ['danbooru 1'] },
      sources: ['https://a.example/', 'https://b.example/', 'https://c.example/'],
      similarity: 98,
      post: { site: 'danbooru', id: '1' },
      rating: 'general',
      createdAt: '2020-01-02T03:04:05Z',
      artist: 'aoi',
      title: 'harbour',
    });
    const { similarity: _, ...uncompared } = lead(0, 'pixiv', told);
    assert.deepEqual(await match({}, [uncompared]), {
      provider: 'saucenao',
      url: 'https://pixiv/1',
      tags: NO_TAGS,
      ...told,
    });
    assert.deepEqual(await match({}, [lead(98, 'pixiv')]), {
      provider: 'saucenao',
      url: 'https://pixiv/1',
      tags: NO_TAGS,
      sources: [],
      similarity: 98,
    });
  });

  it('takes the post that the answer held, and asks nobody for it', async () => {
    const post = postOf('danbooru', '1');
    const found = await match({ danbooru: down }, [lead(100, 'danbooru', { post })]);
    assert.deepEqual(found?.tags, post.tags);
  });

  it('a picture that is 10 % less like may still be the same, and one without tags that names no post is no lead to it', async () => {
    const found = await match({ danbooru: post('danbooru', 'night') }, [
      lead(98, 'pixiv', { posts: [] }),
      lead(88, 'danbooru'),
    ]);
    assert.deepEqual(found?.tags.general, ['night']);
    const magazine = lead(98, 'pixiv', { posts: [], url: '' });
    assert.equal((await match({ danbooru: { kind: 'gone' } }, [magazine]))?.url, '');
  });

  it('a post that is gone is passed over, also when another site shows the same picture without tags', async () => {
    const both = [
      { site: 'danbooru', id: '1' },
      { site: 'pixiv', id: '1' },
    ] as const;
    const gone = { danbooru: { kind: 'gone' } } as const;
    assert.ok(await match(gone, [lead(98, 'danbooru', { posts: both })]), 'pixiv may still have it');
    const found = await match({ ...gone, yandere: post('yandere', 'x') }, [lead(98, 'danbooru'), lead(97, 'yandere')]);
    assert.equal(found?.post?.site, 'yandere');
  });

  it('names the post whose tags can’t be had, and why', async () => {
    await assert.rejects(
      match({ danbooru: down }, [lead(98, 'danbooru')]),
      (error: ImageError) => error.reason === 'network' && /danbooru 1 .*: down$/.test(error.message),
    );
  });
});

describe('The file of another booru on Danbooru', () => {
  const [MD5, OTHER] = [md5Of('a'), md5Of('b')];
  const twin = postOf('danbooru', '5');
  const yandere = { yandere: post('yandere', 'theirs') };
  const found = async (danbooru: Md5Service, ...leads: readonly Lead[]) => {
    const matches = maker(yandere, danbooru);
    for (const one of leads.slice(1)) await matches.match('iqdb', [one], query, asking);
    return (await matches.match('iqdb', leads.slice(0, 1), query, asking))?.post;
  };

  it('gives its tags, and is looked up once however often it is found', async () => {
    const danbooru = new Md5Service({ [MD5]: foundPost(twin) });
    const one = lead(98, 'yandere', { md5: MD5 });
    assert.deepEqual(await found(danbooru, one, one, lead(98, 'yandere', { md5: OTHER })), twin.ref);
    assert.deepEqual(danbooru.asked, [MD5, OTHER]);
  });

  it('is not there as often as not: then the other booru’s tags are taken, and nobody asks again', async () => {
    const danbooru = new Md5Service({ [MD5]: NO_MATCH });
    const one = lead(98, 'yandere', { md5: MD5 });
    assert.equal((await found(danbooru, one, one))?.site, 'yandere');
    assert.deepEqual(danbooru.asked, [MD5]);
  });

  it('is not looked up where it is this very file, its MD5 is not known, or Danbooru’s post is', async () => {
    const danbooru = new Md5Service();
    const posts = [
      { site: 'danbooru', id: '1' },
      { site: 'yandere', id: '1' },
    ] as const;
    await found(danbooru, lead(98, 'yandere', { md5: query.md5 }), lead(98, 'yandere'), lead(98, 'yandere', { md5: MD5, posts })); // prettier-ignore
    assert.deepEqual(danbooru.asked, []);
  });

  it('is worth another try when Danbooru can’t be asked, and is asked for then', async () => {
    const answers = { [MD5]: { kind: 'error', reason: 'rate-limited', message: 'too many requests' } } as const;
    const danbooru = new Md5Service(answers);
    const matches = maker(yandere, danbooru);
    for (let i = 0; i < 2; i++) {
      await assert.rejects(
        matches.match('iqdb', [lead(98, 'yandere', { md5: MD5 })], query, asking),
        (error: ImageError) => error.reason === 'rate-limited' && error.message === 'too many requests',
      );
    }
    assert.deepEqual(danbooru.asked, [MD5, MD5]);
  });
});
