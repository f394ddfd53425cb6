import type { PreferenceStore } from '../ports/preferenceStore.ts';
import type { Correction } from './correction.ts';
import { scoresOf, type Evidence } from './score.ts';
import { weightAt } from './weight.ts';

/** How far back "lately" reaches: images that were sorted by what was learned. */
const LATELY = 100;

/** What was learned, for people. */
export interface PreferenceStats {
  readonly corrections: number;
  readonly switchedOff: number;
  /** most corrections first */
  readonly categories: readonly LearnedCategory[];
  /** of the last images that were sorted by what was learned; absent when there is none yet */
  readonly lately?: { readonly placed: number; readonly right: number; readonly wrong: number };
  /** the latest first, at most as many as asked for */
  readonly latest: readonly Correction[];
}

export interface LearnedCategory {
  readonly category: string;
  /** that are learned from */
  readonly corrections: number;
  readonly switchedOff: number;
}

/** Corrections of a category whose features are looked at, the latest. */
const WITNESSES = 200;

/** What was learned of one category. */
export interface LearnedOf {
  /** the latest first, at most as many as asked for; switched off ones too */
  readonly corrections: readonly Correction[];
  /** how many there are */
  readonly total: number;
  /** what speaks most for it, strongest first: logarithms of how much more common a feature is there */
  readonly evidence: readonly Evidence[];
}

/**
 * @param limit how many corrections to list
 * @param now milliseconds since 1970
 */
export function learnedOf(store: PreferenceStore, category: string, limit: number, now: number): LearnedOf {
  const corrections: Correction[] = [];
  const features = new Set<string>();
  let total = 0;
  for (const correction of store.corrections()) {
    if (correction.to !== category) continue;
    if (total < WITNESSES && !correction.off) for (const feature of correction.features) features.add(feature);
    if (total++ < limit) corrections.push(correction);
  }
  // where nothing is known of it, the only one is that of the background, for which nothing speaks
  const [score] = scoresOf(store, [...features], new Set([category]), weightAt(now));
  return { corrections, total, evidence: [...(score?.evidence ?? [])].sort((a, b) => b.strength - a.strength) };
}

/** @param latest how many corrections to list */
export function preferenceStats(store: PreferenceStore, latest: number): PreferenceStats {
  const list: Correction[] = [];
  const categories = new Map<string, LearnedCategory>();
  let [corrections, switchedOff] = [0, 0];
  for (const correction of store.corrections()) {
    const { to: category, off } = correction;
    const sum = categories.get(category) ?? { category, corrections: 0, switchedOff: 0 };
    categories.set(
      category,
      off ? { ...sum, switchedOff: sum.switchedOff + 1 } : { ...sum, corrections: sum.corrections + 1 },
    );
    corrections++;
    if (off) switchedOff++;
    if (list.length < latest) list.push(correction);
  }
  const placements = store.placements(LATELY);
  const wrong = placements.filter((placement) => placement.wrong).length;
  return {
    corrections,
    switchedOff,
    categories: [...categories.values()].sort(
      (a, b) => b.corrections - a.corrections || (a.category < b.category ? -1 : 1),
    ),
    ...(placements.length > 0 && { lately: { placed: placements.length, right: placements.length - wrong, wrong } }),
    latest: list,
  };
}
