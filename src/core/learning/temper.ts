import { chances, type Score } from './score.ts';

/**
 * Naive Bayes takes each tag for a witness of its own, but `1girl`, `solo` and `long_hair` come together and say one thing
 * three times: it would be far too sure of itself. How much depends on the collection, so the evidence is multiplied by the
 * one of these factors with which it would have predicted the user's choices best so far. (Measured on collections with tags
 * that come alone, in fours and in eights: about 1, 0.75 and 0.5 are chosen, and the confidence
 * is within 0.1 of what comes true.)
 */
export const TEMPERS = [1, 0.75, 0.55, 0.4, 0.3, 0.2] as const;

/** Losses are whole numbers, thousandths of a nat, so that their sums are exact. */
const UNIT = 1000;
/** A slip of the hand contradicts any prediction; it must not weigh more than a few dozen good ones. */
const LEAST_CHANCE = 0.01;
/** Nothing known yet: as if this many thousandths had spoken for 0.6, more the further away (in octaves, squared). */
const PRIOR = 4000;

/** What each factor would have lost on the choice that the user made; undefined for a category of which nothing is known. */
export function lossesOf(scores: readonly Score[], chosen: string): readonly number[] | undefined {
  const index = scores.findIndex(({ category }) => category === chosen);
  if (index < 0) return undefined;
  return TEMPERS.map((temper) => {
    const chance = Math.max(LEAST_CHANCE, chances(scores, temper)[index] ?? 0);
    return Math.round(-Math.log(chance) * UNIT);
  });
}

/** The factor with the least loss. @param losses sums of `lossesOf`, one a factor; empty when there are none yet */
export function bestTemper(losses: readonly number[]): number {
  const totals = TEMPERS.map((temper, i) => (losses[i] ?? 0) + PRIOR * Math.log2(temper / 0.6) ** 2);
  return TEMPERS[totals.indexOf(Math.min(...totals))] ?? 0.55;
}

export const addLosses = (a: readonly number[], b: readonly number[], sign: 1 | -1 = 1): readonly number[] =>
  TEMPERS.map((_, i) => (a[i] ?? 0) + sign * (b[i] ?? 0));
