import * as v from 'valibot';

const Uses = v.array(v.object({ from: v.number(), to: v.number(), count: v.pipe(v.number(), v.minValue(1)) }));

export const WindowState = v.object({
  limit: v.optional(v.pipe(v.number(), v.minValue(1))),
  /** the limit was not stated: it is what was used when the service refused */
  guessed: v.optional(v.literal(true)),
  uses: Uses,
});
export type WindowState = v.InferOutput<typeof WindowState>;

/** So many uses in any stretch of so long. All times are milliseconds. */
export interface WindowOptions {
  readonly lengthMs: number;
  /** uses within it are kept as one, which ages from the last of them on: a day of thousands stays a short list */
  readonly grainMs: number;
}

/**
 * What is known of a sliding window whose limit and rest the service states with each answer, and which others (the web page,
 * another machine) may use too. Errs on the side of waiting.
 */
export class LimitWindow {
  private readonly options: WindowOptions;
  private limit: number | undefined;
  private guessed: boolean;
  private uses: { from: number; to: number; count: number }[];

  /** @param state what an earlier run left */
  constructor(options: WindowOptions, now: number, state?: WindowState) {
    this.options = options;
    this.limit = state?.limit;
    this.guessed = state?.guessed ?? false;
    this.uses = (state?.uses ?? []).map((use) => ({ ...use }));
    this.forget(now);
  }

  get state(): WindowState {
    return {
      uses: this.uses,
      ...(this.limit !== undefined && { limit: this.limit }),
      ...(this.guessed && { guessed: true }),
    };
  }

  /** The service has stated the limit. */
  get isKnown(): boolean {
    return this.limit !== undefined && !this.guessed;
  }

  /** One that goes its own way from here. */
  copy(now: number): LimitWindow {
    return new LimitWindow(this.options, now, this.state);
  }

  /** When one more use fits; `now` where it does already, or where no limit is known yet. */
  freeAt(now: number): number {
    this.forget(now);
    if (this.limit === undefined) return now;
    let tooMany = this.total - this.limit + 1;
    if (tooMany <= 0) return now;
    for (const { to, count } of this.uses) {
      tooMany -= count;
      if (tooMany <= 0) return to + this.options.lengthMs;
    }
    return now;
  }

  add(now: number, count = 1): void {
    const last = this.uses.at(-1);
    if (last && now - last.from < this.options.grainMs) {
      last.to = now;
      last.count += count;
    } else {
      this.uses.push({ from: now, to: now, count });
    }
  }

  /** The last use counts as made now. */
  restampLast(now: number): void {
    const last = this.uses.at(-1);
    if (last) last.to = now;
  }

  /** The last use was none. */
  takeBackLast(): void {
    const last = this.uses.at(-1);
    if (last && --last.count === 0) this.uses.pop();
  }

  /** What an answer states after a use was added. */
  observe(now: number, limit: number | undefined, remaining: number | undefined): void {
    if (limit === undefined || limit < 1) return;
    this.limit = limit;
    this.guessed = false;
    if (remaining === undefined) return;
    this.forget(now);
    const used = Math.min(limit, Math.max(0, limit - remaining));
    if (used > this.total) this.add(now, used - this.total);
    // one off is no contradiction: it is not said whether the rest includes the search just made
    else if (used < this.total - 1) this.dropOldest(this.total - used);
  }

  /** The service refuses: the window is full, whoever filled it. */
  fill(now: number, limit: number | undefined): void {
    this.forget(now);
    if (limit !== undefined) this.guessed = false;
    else if (this.limit === undefined) this.guessed = true;
    this.limit = limit ?? this.limit ?? Math.max(1, this.total);
    if (this.total < this.limit) this.add(now, this.limit - this.total);
  }

  private get total(): number {
    return this.uses.reduce((sum, { count }) => sum + count, 0);
  }

  private forget(now: number): void {
    this.uses = this.uses.filter(({ to }) => to + this.options.lengthMs > now);
    // times in the future count as now: the clock was set back
    for (const use of this.uses) {
      use.from = Math.min(use.from, now);
      use.to = Math.min(use.to, now);
    }
  }

  private dropOldest(count: number): void {
    let left = count;
    for (const use of this.uses) {
      const dropped = Math.min(left, use.count);
      use.count -= dropped;
      left -= dropped;
    }
    this.uses = this.uses.filter((use) => use.count > 0);
  }
}
