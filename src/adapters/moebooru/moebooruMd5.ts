import type { ImageQuery, ReverseImageSearch, SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import { answerOfMd5 } from '../http/postsReply.ts';
import type { MoebooruApi, MoebooruSite } from './moebooruApi.ts';

/** Knows a picture whose file is on the site byte for byte. Costs no upload and no account. */
export class MoebooruMd5 implements ReverseImageSearch {
  readonly id: `${MoebooruSite}-md5`;
  readonly by = 'bytes';
  readonly variant: string;
  private readonly api: MoebooruApi;

  constructor(api: MoebooruApi) {
    this.api = api;
    this.id = `${api.site}-md5`;
    this.variant = api.endpoint;
  }

  async search({ md5 }: ImageQuery, signal: AbortSignal): Promise<SearchAnswer> {
    return answerOfMd5(this.api.name, md5, await this.api.find(this.id, `md5:${md5}`, signal));
  }
}
