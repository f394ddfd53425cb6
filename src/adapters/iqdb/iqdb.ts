import type { FailureReason } from '../../core/model/failure.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { LimitMemory } from '../../core/ports/limitMemory.ts';
import type { Log } from '../../core/ports/log.ts';
import type { ImageQuery, ReverseImageSearch, SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import { answeringDecoderLacks } from '../http/answeringDecoderLacks.ts';
import { againAfter, Courier, isLost, type Attempt } from '../http/courier.ts';
import { HttpClient } from '../http/httpClient.ts';
import { REASON_OF_TROUBLE, type HttpResult } from '../http/httpResult.ts';
import { Throttle } from '../http/throttle.ts';
import type { Traffic } from '../http/traffic.ts';
import { userAgent } from '../http/userAgent.ts';
import { candidatesOf } from './candidates.ts';
import { parseIqdb, type IqdbRow } from './parseIqdb.ts';

export interface IqdbOptions {
  readonly endpoint: string;
  /** of this program */
  readonly version: string;
  /** 0 to 100 */
  readonly minSimilarity: number;
  readonly secondsBetween: number;
  /** keeps the pace across restarts */
  readonly memory: LimitMemory;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
}

/** Danbooru, Konachan, yande.re, Gelbooru, Sankaku, e-shuushuu, Zerochan, Anime-Pictures: the form's own list. */
const SERVICES = ['1', '2', '3', '4', '5', '6', '11', '13'];

/**
 * IQDB, by its web page. Strictly one search at a time: it serialises those of one address and bans the impatient. Under load
 * it keeps the answer open while the search waits in its queue, so silence up to two minutes is no failure. Its owner closes it.
 */
export class Iqdb implements ReverseImageSearch {
  readonly id = 'iqdb';
  readonly by = 'look';
  readonly variant: string;
  private readonly options: IqdbOptions;
  private readonly http: HttpClient;
  private readonly courier: Courier<SearchAnswer>;

  constructor(options: IqdbOptions) {
    const { endpoint, clock, log, traffic } = options;
    this.options = options;
    this.variant = `${endpoint} ${options.minSimilarity}`;
    this.http = new HttpClient({
      service: 'IQDB',
      endpoint,
      userAgent: userAgent(options.version),
      secrets: [],
      timeouts: { connect: 10_000, silence: 120_000, total: 300_000 },
      // its pages have about 20 KB
      maxAnswer: 512 * 1024,
      log,
      traffic,
    });
    const throttle = new Throttle(clock, options.secondsBetween, options.memory);
    this.courier = new Courier({ service: 'IQDB', throttle, clock, log, traffic });
  }

  search(query: ImageQuery, signal: AbortSignal): Promise<SearchAnswer> {
    return answeringDecoderLacks(() => this.courier.deliver(this.id, () => this.attempt(query, signal), signal));
  }

  forecast(count: number): Promise<readonly number[]> {
    return Promise.resolve(this.courier.starts(count));
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private async attempt(query: ImageQuery, signal: AbortSignal): Promise<Attempt<SearchAnswer>> {
    const upload = {
      fields: [['MAX_FILE_SIZE', '8388608'], ...SERVICES.map((id) => ['service[]', id] as const)] as const,
      fileField: 'file',
      bytes: await query.upload(),
    };
    const answer = await this.http.exchange({ provider: this.id, path: '/', upload }, signal);
    const wait = againAfter(answer, this.options.clock.now());
    const { result, again } = this.read(answer);
    if (wait !== undefined || again) return { result, againAfter: wait ?? 0 };
    return { result, ...(result.kind === 'error' && isLost(result.reason) && { lost: true }) };
  }

  private read(answer: HttpResult): { readonly result: SearchAnswer; readonly again?: true } {
    const error = (reason: FailureReason, message: string): SearchAnswer => ({ kind: 'error', reason, message });
    if (answer.kind === 'failure') return { result: error(REASON_OF_TROUBLE[answer.trouble], answer.message) };
    const { status, text } = answer;
    // the web server before IQDB says so, with a page of its own
    if (status === 413) return { result: error('too-large', 'IQDB takes no picture of this size') };
    if (status === 429) return { result: error('rate-limited', 'IQDB is asked too often') };
    if (status === 403) return { result: error('blocked', 'IQDB turns this address away') };
    if (status !== 200) return { result: error('service-error', `IQDB answers with status ${status}`) };
    const reply = parseIqdb(text);
    switch (reply.kind) {
      case 'matches':
        return { result: this.judge(reply.rows, reply.weaker) };
      case 'no-match':
        return { result: this.judge([], reply.rows) };
      case 'refused':
        return {
          result: error(reply.tooLarge ? 'too-large' : 'service-error', `IQDB could not search: ${reply.message}`),
        };
      case 'unfinished':
        return { result: error('bad-answer', 'IQDB ends its page before the results'), again: true };
      case 'foreign':
        return { result: error('bad-answer', 'IQDB answers with something that is not its page') };
    }
  }

  private judge(matches: readonly IqdbRow[], weaker: readonly IqdbRow[]): SearchAnswer {
    const threshold = this.options.minSimilarity;
    const good = matches.filter(({ similarity }) => similarity >= threshold);
    if (good.length > 0) return { kind: 'found', candidates: candidatesOf(good) };
    const all = [...matches, ...weaker].map(({ similarity }) => similarity);
    return { kind: 'no-match', threshold, ...(all.length > 0 && { best: Math.max(...all) }) };
  }
}
