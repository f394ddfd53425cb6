import type { Box } from './letterbox.ts';

/**
 * Greedy non-maximum suppression: the best of the boxes that show the same thing.
 * @param maxOverlap the most that two kept boxes share, as intersection over union
 * @returns best first
 */
export function suppressOverlaps<T extends { readonly box: Box; readonly confidence: number }>(
  found: readonly T[],
  maxOverlap: number,
): readonly T[] {
  const kept: T[] = [];
  for (const candidate of found.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every(({ box }) => overlap(box, candidate.box) <= maxOverlap)) kept.push(candidate);
  }
  return kept;
}

/** Intersection over union, 0 to 1. */
export function overlap([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): number {
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (aw * ah + bw * bh - shared);
}
