import { Learner, type NewCorrection } from '../../../src/core/learning/learner.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { HandClock } from './handClock.ts';
import { MemoryPreferences } from './memoryPreferences.ts';

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 0, 1);
export const hash = (n: number): ContentHash => n.toString(16).padStart(64, '0') as ContentHash;

/** A learner that knows nothing yet, and what it keeps it in. */
export const setUp = () => {
  const clock = new HandClock(START);
  const store = new MemoryPreferences();
  return { clock, store, learner: new Learner(store, clock) };
};

/** The user has put image number `n` there, that many seconds after the start. */
export const moved = (
  n: number,
  to: string,
  features: readonly string[],
  more: Partial<NewCorrection> = {},
): NewCorrection => ({
  image: hash(n),
  at: START + n * 1000,
  by: 'tree',
  name: `${n}.jpg`,
  to,
  features,
  ...more,
});
