/** Median and worst of times in milliseconds, in ascending order. */
export const spread = (sorted: readonly number[]): string =>
  `${(sorted[Math.floor(sorted.length / 2)] ?? NaN).toFixed(0)} / ${(sorted.at(-1) ?? NaN).toFixed(0)} ms`;
