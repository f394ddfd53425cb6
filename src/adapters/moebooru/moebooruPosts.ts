import type { PostRef } from '../../core/model/match.ts';
import type { PostAnswer, PostSource } from '../../core/ports/reverseImageSearch.ts';
import { answerOfNumber } from '../http/postsReply.ts';
import type { MoebooruApi, MoebooruSite } from './moebooruApi.ts';

/** The tags of a post of the site, in their categories. Deleted and hidden posts have theirs too. */
export class MoebooruPosts implements PostSource {
  readonly site: MoebooruSite;
  private readonly api: MoebooruApi;

  constructor(api: MoebooruApi) {
    this.api = api;
    this.site = api.site;
  }

  async post({ id }: PostRef, signal: AbortSignal): Promise<PostAnswer> {
    // it came from a web page and becomes part of a query
    if (!/^[1-9]\d*$/.test(id)) return { kind: 'gone' };
    return answerOfNumber(this.api.name, id, await this.api.find(`${this.site}-posts`, `id:${id}`, signal));
  }
}
