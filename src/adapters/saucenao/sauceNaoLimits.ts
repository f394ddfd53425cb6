import * as v from 'valibot';
import { FatalError } from '../../core/model/failure.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { LimitMemory } from '../../core/ports/limitMemory.ts';
import type { Log } from '../../core/ports/log.ts';
import { LimitWindow, WindowState } from './limitWindow.ts';
import type { StatedLimits } from './parseSauceNao.ts';

// a second more than the 30 that SauceNAO states: it may count in whole seconds
const SHORT = { lengthMs: 31_000, grainMs: 0 };
// "daily", says SauceNAO; taken as any 24 hours
const LONG = { lengthMs: 24 * 3_600_000, grainMs: 600_000 };

const Kept = v.object({ account: v.string(), short: WindowState, long: WindowState });

export interface SauceNaoLimitsOptions {
  /** tells one account from another, and no secret */
  readonly account: string;
  readonly memory: LimitMemory;
  readonly clock: Clock;
  readonly log: Log;
}

/** The two windows of an account, 30 seconds and a day. They outlive the run: what it used is used for the next one too. */
export class SauceNaoLimits {
  private readonly options: SauceNaoLimitsOptions;
  private opened: Promise<{ readonly short: LimitWindow; readonly long: LimitWindow }> | undefined;

  constructor(options: SauceNaoLimitsOptions) {
    this.options = options;
  }

  /** When the next search fits into the day; not later than now where one does already. */
  async dayFreeAt(): Promise<number> {
    return (await this.windows()).long.freeAt(this.options.clock.now());
  }

  /**
   * When searches that could start at these times by the pace alone can go out by both windows, if each is sent as soon as
   * it can be; undefined while the limit of the day is not known.
   * @param starts milliseconds since 1970, ascending
   */
  async forecast(starts: readonly number[]): Promise<readonly number[] | undefined> {
    const now = this.options.clock.now();
    const { short, long } = await this.windows();
    if (!long.isKnown) return undefined;
    const windows = [short.copy(now), long.copy(now)];
    const freeAt = (at: number): number => Math.max(...windows.map((window) => window.freeAt(at)));
    // how much each is held back moves those after it too: the pace is between searches, not by the clock
    let delay = 0;
    return starts.map((start) => {
      let at = start + delay;
      for (let free = freeAt(at); free > at; free = freeAt(at)) at = free;
      for (const window of windows) window.add(at);
      delay = at - start;
      return at;
    });
  }

  /** Waits until a search fits into the short window. */
  async turn(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const { short } = await this.windows();
    const wait = short.freeAt(clock.now()) - clock.now();
    if (wait > 0) await clock.sleep(wait, signal);
  }

  /** A search goes out. It counts before its answer comes: a killed run has used it all the same. */
  async use(): Promise<void> {
    const { short, long } = await this.windows();
    const now = this.options.clock.now();
    short.add(now);
    long.add(now);
    await this.save();
  }

  /**
   * The search that went out last has ended. It ages from now on: when SauceNAO counted it, on a slow line seconds after it
   * went out, nobody tells.
   */
  async answered(): Promise<void> {
    const { short, long } = await this.windows();
    const now = this.options.clock.now();
    short.restampLast(now);
    long.restampLast(now);
  }

  /** The search that went out last never came to SauceNAO: no connection was made. */
  async unsent(): Promise<void> {
    const { short, long } = await this.windows();
    short.takeBackLast();
    long.takeBackLast();
    await this.save();
  }

  async observe(stated: StatedLimits): Promise<void> {
    const { short, long } = await this.windows();
    const now = this.options.clock.now();
    short.observe(now, stated.shortLimit, stated.shortRemaining);
    long.observe(now, stated.longLimit, stated.longRemaining);
    await this.save();
  }

  /** @param limit as the refusal states it */
  async refused(window: 'short' | 'long', limit?: number): Promise<void> {
    (await this.windows())[window].fill(this.options.clock.now(), limit);
    await this.save();
  }

  private windows() {
    return (this.opened ??= this.load());
  }

  private async load() {
    const now = this.options.clock.now();
    const kept = v.safeParse(Kept, await this.remembered());
    const mine = kept.success && kept.output.account === this.options.account ? kept.output : undefined;
    return { short: new LimitWindow(SHORT, now, mine?.short), long: new LimitWindow(LONG, now, mine?.long) };
  }

  private async remembered(): Promise<unknown> {
    try {
      return await this.options.memory.load();
    } catch (error) {
      this.options.log.warn(`SauceNAO: what is left of the limits is not known (${String(error)})`);
      return undefined;
    }
  }

  private async save(): Promise<void> {
    const { short, long } = await this.windows();
    try {
      await this.options.memory.save({ account: this.options.account, short: short.state, long: long.state });
    } catch (error) {
      if (error instanceof FatalError) throw error;
      this.options.log.warn(`SauceNAO: what is left of the limits could not be kept (${String(error)})`);
    }
  }
}
