import type { FailureReason } from '../../core/model/failure.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { HttpResult } from './httpResult.ts';
import type { Throttle } from './throttle.ts';
import type { Traffic } from './traffic.ts';

/** What came of one try. */
export interface Attempt<R> {
  readonly result: R;
  /** Worth another try, no sooner than after so many milliseconds. Absent: final, for better or worse. */
  readonly againAfter?: number;
  /** Final, and no answer to the question: the service turns us away, or something else speaks in its place. */
  readonly lost?: true;
}

interface Turn<R> extends Attempt<R> {
  /** nothing was tried: the service is down */
  readonly down?: true;
}

export interface CourierOptions {
  /** name of the service, for the log */
  readonly service: string;
  readonly throttle: Throttle;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
}

const TRIES = 3;
const FIRST_BACKOFF_MS = 1000;
/** A service that asks for more patience is left alone until then. */
const LONGEST_WAIT_MS = 120_000;
/** So many requests in a row that failed in all their tries, or were lost: the service is down. */
const FAILURES_OF_AN_OUTAGE = 3;
const OUTAGE_MS = 300_000;
/** What is stated beyond that is no time: a number of any length can stand there, and a Date ends somewhere. */
const LONGEST_STATED_MS = 7 * 86_400_000;

/**
 * Carries requests to one service: in turn, at its pace, each up to three times. When the service is down, further requests
 * get the last failure at once, and it is asked again after five minutes. So a run through thousands of images ends while a
 * service hangs for two minutes at every request, and one that has banned us is left in peace.
 */
export class Courier<R> {
  private readonly options: CourierOptions;
  private failures = 0;
  private outage: { readonly since: number; readonly until: number; readonly result: R } | undefined;

  constructor(options: CourierOptions) {
    this.options = options;
  }

  /** @param attempt one try, alone with the service. Rejects as it does, and when `signal` is aborted. */
  async deliver(provider: string, attempt: () => Promise<Attempt<R>>, signal: AbortSignal): Promise<R> {
    const { throttle, clock, log, traffic, service } = this.options;
    const inTurn = async (tries: number): Promise<Turn<R>> => {
      const down = this.down();
      if (down) return down;
      if (tries > 1) traffic.retry(provider);
      return attempt();
    };
    for (let tries = 1; ; tries++) {
      // an outage is looked at before the turn, so that nobody stands in line for it, and in it, for those who did
      const turn = this.down() ?? (await throttle.run(() => inTurn(tries), signal));
      if (turn.down) return turn.result;
      if (turn.againAfter === undefined) {
        if (turn.lost) this.giveUp(turn.result, 0);
        else this.recover();
        return turn.result;
      }
      if (tries === TRIES || turn.againAfter > LONGEST_WAIT_MS) {
        this.giveUp(turn.result, turn.againAfter);
        return turn.result;
      }
      const wait = Math.max(turn.againAfter, FIRST_BACKOFF_MS * 2 ** (tries - 1) * (0.5 + Math.random()));
      log.debug(`${service}: another try in ${(wait / 1000).toFixed(1)} s`);
      await clock.sleep(wait, signal);
    }
  }

  /** The earliest starts of the next requests by pace and outage, were each over at once: milliseconds since 1970. */
  starts(count: number): readonly number[] {
    const until = this.down() && this.outage?.until;
    return this.options.throttle.starts(count, until ?? this.options.clock.now());
  }

  private down(): Turn<R> | undefined {
    const { outage } = this;
    const now = this.options.clock.now();
    // before its beginning: the clock was set back, and nobody knows how much of it is left
    return outage && now >= outage.since && now < outage.until ? { result: outage.result, down: true } : undefined;
  }

  private recover(): void {
    this.failures = 0;
    // over before its end: the clock was set back, and will come by it once more
    this.outage = undefined;
  }

  private giveUp(result: R, againAfter: number): void {
    this.failures++;
    if (this.failures < FAILURES_OF_AN_OUTAGE && againAfter <= LONGEST_WAIT_MS) return;
    const since = this.options.clock.now();
    const until = since + Math.max(OUTAGE_MS, againAfter);
    this.outage = { since, until, result };
    this.options.log.warn(
      `${this.options.service} gives no answers; not asked again before ${new Date(until).toISOString()}`,
    );
  }
}

/** Whether an error with this reason tells of the service, and not of the picture or post that was asked for. */
export const isLost = (reason: FailureReason): boolean => reason === 'blocked' || reason === 'bad-answer';

/**
 * Whether this answer is worth another try, and the milliseconds that the service wants (`Retry-After`, in seconds or as a
 * date): 429, 5xx, time-outs and broken connections are; refusals are not.
 */
export function againAfter(result: HttpResult, now: number): number | undefined {
  if (result.kind === 'failure') return result.trouble === 'network' || result.trouble === 'timeout' ? 0 : undefined;
  if (result.status !== 429 && result.status < 500) return undefined;
  const stated = result.headers['retry-after'] ?? '0';
  const ms = /^\d+$/.test(stated) ? Number(stated) * 1000 : Date.parse(stated) - now;
  return ms > 0 ? Math.min(ms, LONGEST_STATED_MS) : 0;
}
