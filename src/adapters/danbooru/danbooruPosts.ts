import type { PostRef } from '../../core/model/match.ts';
import type { PostAnswer, PostSource } from '../../core/ports/reverseImageSearch.ts';
import type { DanbooruApi } from './danbooruApi.ts';
import { parseDanbooruPost } from './parseDanbooruPost.ts';

/** The tags of a post of Danbooru. Deleted posts, and those whose file is withheld, have theirs too. */
export class DanbooruPosts implements PostSource {
  readonly site = 'danbooru';
  private readonly api: DanbooruApi;

  constructor(api: DanbooruApi) {
    this.api = api;
  }

  async post({ id }: PostRef, signal: AbortSignal): Promise<PostAnswer> {
    // it came from a web page and becomes part of a path
    if (!/^[1-9]\d*$/.test(id)) return { kind: 'gone' };
    const reply = await this.api.ask({ provider: 'danbooru-posts', path: `/posts/${id}.json` }, signal);
    if (reply.kind === 'error') return reply;
    if (reply.kind === 'missing') return { kind: 'gone' };
    const post = parseDanbooruPost(reply.value);
    return post?.ref.id === id
      ? { kind: 'post', post }
      : { kind: 'error', reason: 'bad-answer', message: `Danbooru sends something that is not post ${id}` };
  }
}
