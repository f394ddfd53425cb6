/** At most `limit` requests in any `seconds` (a sliding window). */
export interface RateLimit {
  readonly limit: number;
  readonly seconds: number;
}

/** Counts what went through a sliding window. */
export class RateWindow {
  readonly rate: RateLimit;
  #times: number[] = [];

  constructor(rate: RateLimit) {
    this.rate = rate;
  }

  /** How many more requests fit at this time (milliseconds). */
  remaining(now: number): number {
    this.#times = this.#times.filter((time) => time > now - this.rate.seconds * 1000);
    return this.rate.limit - this.#times.length;
  }

  add(now: number): void {
    this.#times.push(now);
  }
}
