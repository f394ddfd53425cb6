import type { PreferenceStore } from '../ports/preferenceStore.ts';
import type { Correction } from './correction.ts';
import { BACKGROUND } from './counts.ts';

/** How far back "lately" reaches: images that were sorted by what was learned. */
const LATELY = 100;

/** What was learned, for people. */
export interface PreferenceStats {
  readonly corrections: number;
  readonly switchedOff: number;
  /** most corrections first */
  readonly categories: readonly { readonly category: string; readonly corrections: number }[];
  /** of the last images that were sorted by what was learned; absent when there is none yet */
  readonly lately?: { readonly placed: number; readonly right: number; readonly wrong: number };
  /** the latest first, at most as many as asked for */
  readonly latest: readonly Correction[];
}

/** @param latest how many corrections to list */
export function preferenceStats(store: PreferenceStore, latest: number): PreferenceStats {
  const list: Correction[] = [];
  let [corrections, switchedOff] = [0, 0];
  for (const correction of store.corrections()) {
    corrections++;
    if (correction.off) switchedOff++;
    if (list.length < latest) list.push(correction);
  }
  const placements = store.placements(LATELY);
  const wrong = placements.filter((placement) => placement.wrong).length;
  return {
    corrections,
    switchedOff,
    categories: store
      .categories()
      .filter(({ category, images }) => category !== BACKGROUND && images > 0)
      .map(({ category, images }) => ({ category, corrections: images }))
      .sort((a, b) => b.corrections - a.corrections || (a.category < b.category ? -1 : 1)),
    ...(placements.length > 0 && { lately: { placed: placements.length, right: placements.length - wrong, wrong } }),
    latest: list,
  };
}
