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
function maker(sites: Readonly<Partial<Record<Post['ref']['site'], PostAnswer>>>): MatchMaker {
  const posts = (Object.keys(sites) as Post['ref']['site'][]).map((site): PostSource => ({
    site,
    post: () => Promise.resolve(sites[site] ?? down),
  }));
  const answers = { post: (source: PostSource) => source.post({ site: source.site, id: '1' }, asking.signal) };
  return new MatchMaker({
    posts,
    danbooru: undefined,
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
});
