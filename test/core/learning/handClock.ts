import type { Clock } from '../../../src/core/ports/clock.ts';

/** A clock that stands until it is set. */
export class HandClock implements Clock {
  time: number;
  constructor(time: number) {
    this.time = time;
  }
  now = (): number => this.time;
  sleep = (): Promise<void> => Promise.resolve();
}
