import type { FailureReason } from '../../core/model/failure.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { isCloudflarePage } from './cloudflare.ts';
import { againAfter, Courier, isLost, type Attempt } from './courier.ts';
import { HttpClient, type HttpRequest } from './httpClient.ts';
import { REASON_OF_TROUBLE, type HttpResult } from './httpResult.ts';
import { parseJson } from './parseJson.ts';
import { Throttle } from './throttle.ts';
import type { Traffic } from './traffic.ts';
import { userAgent } from './userAgent.ts';

export interface AnonymousApiOptions {
  /** name of the service, for people */
  readonly service: string;
  readonly endpoint: string;
  /** of this program */
  readonly version: string;
  readonly secondsBetween: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
}

export type AnonymousReply =
  | { readonly kind: 'value'; readonly value: unknown }
  /** good, and nothing in it */
  | { readonly kind: 'empty' }
  | { readonly kind: 'error'; readonly reason: FailureReason; readonly message: string };

/** A service that answers in JSON and knows no accounts: one connection, one pace. Its owner closes it. */
export class AnonymousApi {
  readonly service: string;
  readonly endpoint: string;
  private readonly clock: Clock;
  private readonly http: HttpClient;
  private readonly courier: Courier<AnonymousReply>;

  constructor(options: AnonymousApiOptions) {
    const { service, endpoint, clock, log, traffic } = options;
    this.service = service;
    this.endpoint = endpoint;
    this.clock = clock;
    this.http = new HttpClient({
      service,
      endpoint,
      userAgent: userAgent(options.version),
      secrets: [],
      timeouts: { connect: 10_000, silence: 30_000, total: 60_000 },
      maxAnswer: 2 * 1024 * 1024,
      log,
      traffic,
    });
    const throttle = new Throttle(clock, options.secondsBetween);
    this.courier = new Courier({ service, throttle, clock, log, traffic });
  }

  /** Rejects only when `signal` is aborted. */
  ask(request: HttpRequest, signal: AbortSignal): Promise<AnonymousReply> {
    return this.courier.deliver(request.provider, () => this.attempt(request, signal), signal);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private async attempt(request: HttpRequest, signal: AbortSignal): Promise<Attempt<AnonymousReply>> {
    const answer = await this.http.exchange(request, signal);
    const result = this.read(answer);
    const wait = againAfter(answer, this.clock.now());
    if (wait !== undefined) return { result, againAfter: wait };
    return { result, ...(result.kind === 'error' && isLost(result.reason) && { lost: true }) };
  }

  private read(answer: HttpResult): AnonymousReply {
    const error = (reason: FailureReason, message: string): AnonymousReply => ({ kind: 'error', reason, message });
    const { service } = this;
    if (answer.kind === 'failure') return error(REASON_OF_TROUBLE[answer.trouble], answer.message);
    const { status, text } = answer;
    if (isCloudflarePage(status, text)) return error('blocked', `${service} lets no program through (Cloudflare)`);
    if (status === 401 || status === 403) return error('blocked', `${service} turns the request away (${status})`);
    if (status === 429) return error('rate-limited', `${service} is asked too often`);
    if (status < 200 || status >= 300) return error('service-error', `${service} answers with status ${status}`);
    if (text.trim() === '') return { kind: 'empty' };
    const value = parseJson(text);
    return value === undefined
      ? error('bad-answer', `${service} answers with something that is no JSON`)
      : { kind: 'value', value };
  }
}
