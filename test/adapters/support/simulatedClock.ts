import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../src/core/ports/clock.ts';

/** A day passes in an instant: whoever sleeps sets the time to its waking. */
export class SimulatedClock implements Clock {
  time: number;
  /** what was slept, in milliseconds, in the order of falling asleep */
  readonly naps: number[] = [];

  constructor(start = Date.parse('2026-03-01T10:00:00Z')) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const waking = this.time + ms;
    this.naps.push(ms);
    await setImmediate(undefined, { ...(signal && { signal }) });
    this.time = Math.max(this.time, waking);
  }
}
