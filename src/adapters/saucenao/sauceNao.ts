import { createHash } from 'node:crypto';
import type { FailureReason } from '../../core/model/failure.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { LimitMemory } from '../../core/ports/limitMemory.ts';
import type { Log } from '../../core/ports/log.ts';
import type { ImageQuery, ReverseImageSearch, SearchAnswer } from '../../core/ports/reverseImageSearch.ts';
import { answeringDecoderLacks } from '../http/answeringDecoderLacks.ts';
import { againAfter, Courier, isLost, type Attempt } from '../http/courier.ts';
import { HttpClient } from '../http/httpClient.ts';
import { REASON_OF_TROUBLE } from '../http/httpResult.ts';
import { redact } from '../http/redact.ts';
import { Throttle } from '../http/throttle.ts';
import type { Traffic } from '../http/traffic.ts';
import { userAgent } from '../http/userAgent.ts';
import { candidatesOf } from './candidates.ts';
import { parseSauceNao, type SauceNaoReply } from './parseSauceNao.ts';
import { SauceNaoLimits } from './sauceNaoLimits.ts';

export interface SauceNaoOptions {
  readonly endpoint: string;
  /** of this program */
  readonly version: string;
  readonly apiKey?: string;
  /** 0 to 100 */
  readonly minSimilarity: number;
  /** 0: only the windows that its answers state */
  readonly secondsBetween: number;
  readonly memory: LimitMemory;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
}

/** How long it holds off after too many searches that failed. */
const COOLING_DOWN_MS = 60_000;

/**
 * SauceNAO's JSON interface. A search is the dearest thing there is (4 in 30 seconds and 100 a day for a free key), so none
 * goes out that would be refused: it waits for the short window, and answers `quota` without a request once the day's are
 * spent. Its owner closes it.
 */
export class SauceNao implements ReverseImageSearch {
  readonly id = 'saucenao';
  readonly by = 'look';
  readonly costly = true;
  readonly variant: string;
  private readonly options: SauceNaoOptions;
  private readonly secrets: readonly string[];
  private readonly http: HttpClient;
  private readonly courier: Courier<SearchAnswer>;
  private readonly limits: SauceNaoLimits;
  /** the key was refused: it will be for every picture, so none is sent any more */
  private refusal: SearchAnswer | undefined;

  constructor(options: SauceNaoOptions) {
    const { endpoint, apiKey, clock, log, traffic, memory } = options;
    this.options = options;
    this.variant = `${endpoint} ${options.minSimilarity}`;
    this.secrets = apiKey === undefined ? [] : [apiKey];
    this.http = new HttpClient({
      service: 'SauceNAO',
      endpoint,
      userAgent: userAgent(options.version),
      secrets: this.secrets,
      timeouts: { connect: 10_000, silence: 60_000, total: 90_000 },
      maxAnswer: 4 * 1024 * 1024,
      log,
      traffic,
    });
    const throttle = new Throttle(clock, options.secondsBetween);
    this.courier = new Courier({ service: 'SauceNAO', throttle, clock, log, traffic });
    const account = createHash('sha256').update(`${endpoint} ${apiKey}`).digest('hex').slice(0, 12);
    this.limits = new SauceNaoLimits({ account, memory, clock, log });
  }

  search(query: ImageQuery, signal: AbortSignal): Promise<SearchAnswer> {
    const { apiKey } = this.options;
    if (apiKey === undefined) return Promise.resolve({ kind: 'unavailable', why: 'it needs an API key of SauceNAO' });
    return answeringDecoderLacks(
      async () =>
        // before it stands in line: with the day spent, nobody should wait to hear so
        (await this.known()) ?? this.courier.deliver(this.id, () => this.attempt(apiKey, query, signal), signal),
    );
  }

  async forecast(count: number): Promise<readonly number[] | 'unknown' | 'unavailable'> {
    if (this.options.apiKey === undefined || this.refusal) return 'unavailable';
    return (await this.limits.forecast(this.courier.starts(count))) ?? 'unknown';
  }

  close(): Promise<void> {
    return this.http.close();
  }

  /** What can be said without asking, whatever the picture. */
  private async known(): Promise<SearchAnswer | undefined> {
    if (this.refusal) return this.refusal;
    const dayFreeAt = await this.limits.dayFreeAt();
    return dayFreeAt > this.options.clock.now() ? spent(dayFreeAt) : undefined;
  }

  private async attempt(apiKey: string, query: ImageQuery, signal: AbortSignal): Promise<Attempt<SearchAnswer>> {
    const known = await this.known();
    if (known) return { result: known };
    // before the turn: a picture that no copy can be made of waits for none
    const bytes = await query.upload();
    await this.limits.turn(signal);
    await this.limits.use();
    const answer = await this.http.exchange(
      {
        provider: this.id,
        path: '/search.php',
        // not as form fields: there `numres` was ignored
        query: { output_type: '2', db: '999', numres: '16', api_key: apiKey },
        upload: { fields: [], fileField: 'file', bytes },
      },
      signal,
    );
    await this.limits.answered();
    if (answer.kind === 'failure') {
      if (answer.unsent) await this.limits.unsent();
      const wait = againAfter(answer, this.options.clock.now());
      const result = { kind: 'error', reason: REASON_OF_TROUBLE[answer.trouble], message: answer.message } as const;
      if (wait !== undefined) return { result, againAfter: wait };
      return { result, ...(isLost(result.reason) && { lost: true }) };
    }
    const reply = parseSauceNao(answer.status, answer.text);
    return this.conclude(reply, againAfter(answer, this.options.clock.now()));
  }

  /** @param wait milliseconds that the status asks for (`Retry-After`); undefined where it asks for no other try */
  private async conclude(reply: SauceNaoReply, wait: number | undefined): Promise<Attempt<SearchAnswer>> {
    const error = (reason: FailureReason, message: string): SearchAnswer => ({
      kind: 'error',
      reason,
      message: redact(message, this.secrets),
    });
    switch (reply.kind) {
      case 'results':
        await this.limits.observe(reply.limits);
        return { result: this.judge(reply) };
      case 'failure':
        await this.limits.observe(reply.limits);
        return {
          result: error('service-error', reply.message),
          ...(wait !== undefined && { againAfter: wait }),
        };
      case 'key-refused':
        this.refusal = error(
          'key-refused',
          'SauceNAO refuses the API key: it is missing or unknown there (SauceNAO says the same of both)',
        );
        return { result: this.refusal };
      case 'daily-limit':
        await this.limits.refused('long', reply.limit);
        return { result: spent(await this.limits.dayFreeAt()) };
      case 'short-limit':
        await this.limits.refused('short', reply.limit);
        // someone else uses the key or the address too; the window is waited for at the next try
        return { result: error('rate-limited', 'SauceNAO is asked too often, by others too'), againAfter: wait ?? 0 };
      case 'cooling-down':
        return {
          result: error('rate-limited', 'SauceNAO holds off after too many searches that failed'),
          againAfter: Math.max(COOLING_DOWN_MS, wait ?? 0),
        };
      case 'too-large':
        return { result: error('too-large', 'SauceNAO takes no picture of this size') };
      case 'blocked':
        return { result: error('blocked', 'SauceNAO turns programs away for now'), lost: true };
      case 'bad-answer':
        return { result: error('bad-answer', reply.message), lost: true };
    }
  }

  private judge({ hits, minimumSimilarity, partial }: Extract<SauceNaoReply, { kind: 'results' }>): SearchAnswer {
    const threshold = Math.max(this.options.minSimilarity, minimumSimilarity ?? 0);
    const good = hits.filter(({ similarity }) => similarity >= threshold);
    if (good.length > 0) return { kind: 'found', candidates: candidatesOf(good) };
    if (partial) {
      const message = 'SauceNAO could search only some of its indexes, and found nothing there';
      return { kind: 'error', reason: 'service-error', message };
    }
    const best = hits.length === 0 ? undefined : Math.max(0, ...hits.map(({ similarity }) => similarity));
    return { kind: 'no-match', threshold, ...(best !== undefined && { best }) };
  }
}

const spent = (until: number): SearchAnswer => ({
  kind: 'quota',
  until,
  why: 'the searches of the day at SauceNAO are used up',
});
