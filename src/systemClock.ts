import { setTimeout } from 'node:timers/promises';
import type { Clock } from './core/ports/clock.ts';

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, signal ? { signal } : {}),
};
