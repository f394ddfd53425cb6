import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { againAfter, Courier, isLost, type Attempt } from '../http/courier.ts';
import { HttpClient, type HttpRequest } from '../http/httpClient.ts';
import { REASON_OF_TROUBLE } from '../http/httpResult.ts';
import { redact } from '../http/redact.ts';
import { Throttle } from '../http/throttle.ts';
import type { Traffic } from '../http/traffic.ts';
import { userAgent } from '../http/userAgent.ts';
import { parseDanbooru, type DanbooruReply } from './parseDanbooru.ts';

export interface DanbooruApiOptions {
  readonly endpoint: string;
  /** of this program */
  readonly version: string;
  readonly account?: { readonly login: string; readonly apiKey: string };
  readonly secondsBetween: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
}

/** What the searches and the look-up of posts share: one connection, one pace, one account. Its owner closes it. */
export class DanbooruApi {
  readonly endpoint: string;
  readonly hasAccount: boolean;
  private readonly clock: Clock;
  private readonly secrets: readonly string[];
  private readonly http: HttpClient;
  private readonly courier: Courier<DanbooruReply>;
  private readonly log: Log;
  /** the account was refused, and will be again: what needs none goes on without it */
  private refusal: DanbooruReply | undefined;
  /** the key is limited to other uses than reading, which needs none */
  private readsWithout = false;

  constructor(options: DanbooruApiOptions) {
    const { endpoint, account, clock, log, traffic } = options;
    this.endpoint = endpoint;
    this.hasAccount = account !== undefined;
    this.clock = clock;
    this.log = log;
    this.secrets = account ? [account.login, account.apiKey] : [];
    this.http = new HttpClient({
      service: 'Danbooru',
      endpoint,
      userAgent: userAgent(options.version, account?.login),
      ...(account && { login: { name: account.login, password: account.apiKey } }),
      secrets: this.secrets,
      timeouts: { connect: 10_000, silence: 30_000, total: 60_000 },
      maxAnswer: 8 * 1024 * 1024,
      log,
      traffic,
    });
    const throttle = new Throttle(clock, options.secondsBetween);
    this.courier = new Courier({ service: 'Danbooru', throttle, clock, log, traffic });
  }

  /** When each of the next `count` requests with the account can go out. */
  forecast(count: number): readonly number[] | 'unavailable' {
    return this.hasAccount && !this.refusal ? this.courier.starts(count) : 'unavailable';
  }

  /** Rejects only when `signal` is aborted. */
  async ask(request: HttpRequest, signal: AbortSignal): Promise<DanbooruReply> {
    if (this.refusal && needsAccount(request)) return this.refusal;
    return this.courier.deliver(request.provider, () => this.attempt(request, signal), signal);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private async attempt(request: HttpRequest, signal: AbortSignal): Promise<Attempt<DanbooruReply>> {
    if (this.refusal && needsAccount(request)) return { result: this.refusal };
    const isAnonymous = this.refusal !== undefined || (this.readsWithout && !needsAccount(request));
    const asked = isAnonymous ? ({ ...request, anonymous: true } as const) : request;
    const answer = await this.http.exchange(asked, signal);
    const result = this.read(answer);
    if (answer.kind === 'answer' && result.kind === 'error' && this.hasAccount && !asked.anonymous) {
      const isRefused = answer.status === 401;
      const isDenied = result.reason === 'key-refused' && !needsAccount(request);
      if (isRefused || isDenied) {
        if (isRefused) this.refusal = result;
        else this.readsWithout = true;
        this.log.warn(`${result.message}. What needs no account goes on without it.`);
        return this.attempt(request, signal);
      }
    }
    const wait = againAfter(answer, this.clock.now());
    if (wait !== undefined) return { result, againAfter: wait };
    return { result, ...(result.kind === 'error' && isLost(result.reason) && { lost: true }) };
  }

  private read(answer: Awaited<ReturnType<HttpClient['exchange']>>): DanbooruReply {
    if (answer.kind === 'failure') {
      return { kind: 'error', reason: REASON_OF_TROUBLE[answer.trouble], message: answer.message };
    }
    const reply = parseDanbooru(answer.status, answer.text);
    return reply.kind === 'error' ? { ...reply, message: redact(reply.message, this.secrets) } : reply;
  }
}

/** Uploads do; everything else may be asked by anybody. */
const needsAccount = (request: HttpRequest): boolean => request.upload !== undefined;
