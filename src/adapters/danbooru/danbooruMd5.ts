import type { ImageQuery, ReverseImageSearch, SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import type { DanbooruApi } from './danbooruApi.ts';
import { parseDanbooruPost } from './parseDanbooruPost.ts';

/** Knows a picture whose file is on Danbooru byte for byte. Costs no upload and no account. */
export class DanbooruMd5 implements ReverseImageSearch {
  readonly id = 'danbooru-md5';
  readonly by = 'bytes';
  readonly variant: string;
  private readonly api: DanbooruApi;

  constructor(api: DanbooruApi) {
    this.api = api;
    this.variant = api.endpoint;
  }

  async search({ md5 }: ImageQuery, signal: AbortSignal): Promise<SearchAnswer> {
    const query = { tags: `md5:${md5}` };
    const reply = await this.api.ask({ provider: this.id, path: '/posts.json', query }, signal);
    if (reply.kind === 'error') return reply;
    const posts = reply.kind === 'value' ? reply.value : undefined;
    if (!Array.isArray(posts))
      return { kind: 'error', reason: 'bad-answer', message: 'Danbooru sends no list of posts' };
    if (posts.length === 0) return { kind: 'no-match', threshold: 100 };
    const post = parseDanbooruPost(posts[0]);
    // a restricted post does not tell its MD5
    if (!post || (post.md5 ?? md5) !== md5) {
      return {
        kind: 'error',
        reason: 'bad-answer',
        message: 'Danbooru sends something that is not the post of the file',
      };
    }
    return { kind: 'found', candidates: [{ similarity: 100, url: post.url, posts: [post.ref], post, sources: [] }] };
  }
}
