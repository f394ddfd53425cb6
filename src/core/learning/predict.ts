import { BACKGROUND, type CountsReader } from './counts.ts';
import { featureWords } from './features.ts';
import { chances, scoresOf, type Evidence } from './score.ts';
import { bestTemper } from './temper.ts';
import { weightAt } from './weight.ts';

/** What was learned says of an image. */
export interface Prediction {
  readonly category: string;
  /** 0 to 1: of a hundred predictions with 0.8, about eighty are what the user would have chosen */
  readonly confidence: number;
  /** the user's corrections that lead there */
  readonly corrections: number;
  /** what speaks for it, strongest first */
  readonly evidence: readonly Evidence[];
}

export interface PredictOptions {
  /** the categories that the user has: no other is ever predicted */
  readonly allowed: ReadonlySet<string>;
  /** milliseconds since 1970 */
  readonly now: number;
  /** sums of `lossesOf` */
  readonly losses: readonly number[];
}

/** The most likely category; undefined when nothing was learned of any that the user has. */
export function predict(
  counts: CountsReader,
  features: readonly string[],
  { allowed, now, losses }: PredictOptions,
): Prediction | undefined {
  const scores = scoresOf(counts, features, allowed, weightAt(now));
  const temper = bestTemper(losses);
  const chance = chances(scores, temper);
  let best: Prediction | undefined;
  for (const [i, { category, corrections, evidence }] of scores.entries()) {
    const confidence = chance[i] ?? 0;
    if (category === BACKGROUND || (best && best.confidence >= confidence)) continue;
    best = { category, confidence, corrections, evidence };
  }
  if (!best) return undefined;
  const evidence = best.evidence
    .map(({ feature, strength }) => ({ feature, strength: strength * temper }))
    .sort((a, b) => b.strength - a.strength);
  return { ...best, evidence };
}

/** How many witnesses an explanation names. */
const SHOWN = 3;

/** `character tag (+2.1), drawing (+0.8), 14 of your corrections`: what follows "because". */
export function explain({ evidence, corrections }: Prediction): string {
  const witnesses = evidence.filter(({ strength }) => strength >= 0.05).slice(0, SHOWN);
  const words = witnesses.map(({ feature, strength }) => `${featureWords(feature)} (+${strength.toFixed(1)})`);
  return [...words, `${corrections} of your corrections`].join(', ');
}
