/**
 * How much a correction counts, as a whole number. The weight of a later one is larger, and dividing by the weight of today
 * gives 1 for a correction of today, 0.5 for one a year old. Nothing stored changes as time passes, and sums of whole numbers
 * don't depend on their order: counts can be added, subtracted and merged without an error, however often.
 *
 *   weight(period) = STEPS[period mod 12] * 2^(period div 12)      a period has 30 days, the half-life 12 periods
 */
const PERIOD_MS = 30 * 24 * 3_600_000;
/** 2025-01-01. What is older weighs as if it were of that day. */
const EPOCH_MS = Date.UTC(2025, 0, 1);
/** 64 * 2^(i / 12), rounded once and for all: `Math.pow` need not give the same last digit everywhere. */
const STEPS = [64, 68, 72, 76, 81, 85, 91, 96, 102, 108, 114, 121] as const;
/** Up to here a million corrections sum up to less than 2^53; that is in the year 2051. */
const LAST_PERIOD = 27 * 12 - 1;

/**
 * The weight of a correction of that time, 64 to 2^33.
 * @param at milliseconds since 1970
 */
export function weightAt(at: number): number {
  const period = Math.min(LAST_PERIOD, Math.max(0, Math.floor((at - EPOCH_MS) / PERIOD_MS)));
  return (STEPS[period % STEPS.length] ?? 64) * 2 ** Math.floor(period / STEPS.length);
}
