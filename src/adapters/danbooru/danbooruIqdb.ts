import type { ImageQuery, ReverseImageSearch, SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import { answeringDecoderLacks } from '../http/answeringDecoderLacks.ts';
import type { DanbooruApi } from './danbooruApi.ts';
import { parseIqdbQueries } from './parseIqdbQueries.ts';

/** Danbooru's own search by picture. An upload needs an account: without one the check against forged forms refuses it. */
export class DanbooruIqdb implements ReverseImageSearch {
  readonly id = 'danbooru-iqdb';
  readonly by = 'look';
  readonly variant: string;
  private readonly api: DanbooruApi;
  private readonly minSimilarity: number;

  /** @param minSimilarity 0 to 100, compared with the score that the site states (see parseIqdbQueries) */
  constructor(api: DanbooruApi, minSimilarity: number) {
    this.api = api;
    this.minSimilarity = minSimilarity;
    this.variant = `${api.endpoint} ${minSimilarity}`;
  }

  search(query: ImageQuery, signal: AbortSignal): Promise<SearchAnswer> {
    return answeringDecoderLacks(() => this.ask(query, signal));
  }

  forecast(count: number): Promise<readonly number[] | 'unavailable'> {
    return Promise.resolve(this.api.forecast(count));
  }

  private async ask(query: ImageQuery, signal: AbortSignal): Promise<SearchAnswer> {
    if (!this.api.hasAccount) return { kind: 'unavailable', why: 'it needs a Danbooru login and API key' };
    const upload = { fields: [], fileField: 'search[file]', bytes: await query.upload() };
    const reply = await this.api.ask({ provider: this.id, path: '/iqdb_queries.json', upload }, signal);
    if (reply.kind === 'error') return reply;
    const matches = reply.kind === 'value' ? parseIqdbQueries(reply.value) : undefined;
    if (!matches) return { kind: 'error', reason: 'bad-answer', message: 'Danbooru sends no list of matches' };
    const candidates = matches.filter(({ similarity }) => similarity >= this.minSimilarity);
    if (candidates.length > 0) return { kind: 'found', candidates };
    const [best] = matches;
    return { kind: 'no-match', threshold: this.minSimilarity, ...(best && { best: best.similarity }) };
  }
}
