import type { ImageQuery, ReverseImageSearch, SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import { answerOfMd5 } from '../http/postsReply.ts';
import type { SafebooruApi } from './safebooruApi.ts';

/** Knows a picture whose file is on safebooru.org byte for byte. Costs no upload and no account. */
export class SafebooruMd5 implements ReverseImageSearch {
  readonly id = 'safebooru-md5';
  readonly by = 'bytes';
  readonly variant: string;
  private readonly api: SafebooruApi;

  constructor(api: SafebooruApi) {
    this.api = api;
    this.variant = api.endpoint;
  }

  async search({ md5 }: ImageQuery, signal: AbortSignal): Promise<SearchAnswer> {
    return answerOfMd5(this.api.name, md5, await this.api.find(this.id, { tags: `md5:${md5}` }, signal));
  }
}
