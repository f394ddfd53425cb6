import type { PostRef } from '../../core/model/match.ts';
import type { PostAnswer, PostSource } from '../../core/ports/reverseImageSearch.ts';
import { answerOfNumber } from '../http/postsReply.ts';
import type { SafebooruApi } from './safebooruApi.ts';

/** The tags of a post of safebooru.org, all of them under `general` (see parseSafebooru). */
export class SafebooruPosts implements PostSource {
  readonly site = 'safebooru';
  private readonly api: SafebooruApi;

  constructor(api: SafebooruApi) {
    this.api = api;
  }

  async post({ id }: PostRef, signal: AbortSignal): Promise<PostAnswer> {
    if (!/^[1-9]\d*$/.test(id)) return { kind: 'gone' };
    return answerOfNumber(this.api.name, id, await this.api.find('safebooru-posts', { id }, signal));
  }
}
