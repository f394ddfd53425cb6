import * as v from 'valibot';
import type { Clock } from '../../core/ports/clock.ts';
import type { LimitMemory } from '../../core/ports/limitMemory.ts';

/**
 * One job after the other, in the order of their coming, with a least time from the end of one to the start of the next
 * (not from start to start: so no jitter on the way makes two requests arrive too close together).
 */
export class Throttle {
  private readonly clock: Clock;
  private readonly gapMs: number;
  private readonly memory: LimitMemory | undefined;
  private freeAt = -Infinity;
  private opened = false;
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param secondsBetween 0: one after the other, without a pause
   * @param memory keeps the pace across restarts, for a service that bans the impatient
   */
  constructor(clock: Clock, secondsBetween: number, memory?: LimitMemory) {
    this.clock = clock;
    this.memory = memory;
    this.gapMs = secondsBetween * 1000;
  }

  /** The earliest starts of the next jobs from `from` on, were each over at once: milliseconds since 1970, ascending. */
  starts(count: number, from: number): readonly number[] {
    const first = Math.max(from, this.clock.now() + this.wait);
    return Array.from({ length: count }, (_, i) => first + i * this.gapMs);
  }

  /** Rejects as `job` does, and with the signal's reason when that is aborted while it waits for its turn. */
  async run<T>(job: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.last;
    const turn = Promise.withResolvers<undefined>();
    const finish = (): void => turn.resolve(undefined);
    this.last = turn.promise;
    try {
      await abortable(before, signal);
    } catch (error) {
      // whoever comes next still waits for the one before
      void before.then(finish);
      throw error;
    }
    try {
      await this.open();
      const { wait } = this;
      if (wait > 0) await this.clock.sleep(wait, signal);
      signal.throwIfAborted();
      try {
        return await job();
      } finally {
        this.freeAt = this.clock.now() + this.gapMs;
        await this.memory?.save({ freeAt: this.freeAt });
      }
    } finally {
      finish();
    }
  }

  /** Milliseconds until the next job may start, below 0 when it may. A clock that was set back must not make it hours. */
  private get wait(): number {
    return Math.min(this.freeAt - this.clock.now(), this.gapMs);
  }

  private async open(): Promise<void> {
    if (this.opened || !this.memory) return;
    this.opened = true;
    const kept = v.safeParse(Kept, await this.memory.load());
    if (kept.success) this.freeAt = kept.output.freeAt;
  }
}

const Kept = v.object({ freeAt: v.number() });

async function abortable(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
