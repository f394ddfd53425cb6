import type { ImageQuery, ReverseImageSearch, SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import type { DanbooruApi } from './danbooruApi.ts';
import { parseDanbooruPost } from './parseDanbooruPost.ts';

/** Knows a picture whose file is on Danbooru byte for byte. Costs no upload and no account. */
export class DanbooruMd5 implements ReverseImageSearch {
  readonly id = 'danbooru-md5';
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
    if (!post) return { kind: 'error', reason: 'bad-answer', message: 'Danbooru sends something that is no post' };
    return { kind: 'found', candidates: [{ similarity: 100, url: post.url, posts: [post.ref], post, sources: [] }] };
  }
}
