import type { Style } from '../../core/model/analysis.ts';

/** The classes of the bundled classifier, in the order of its output. */
export const CLASSES = ['drawing', 'hentai', 'neutral', 'porn', 'sexy'] as const;
export type ClassScores = Readonly<Record<(typeof CLASSES)[number], number>>;

/** @param probabilities one for each of CLASSES */
export const classScores = (probabilities: Float32Array): ClassScores =>
  Object.fromEntries(CLASSES.map((name, i) => [name, probabilities[i] ?? 0])) as ClassScores;

/** From this probability on a picture is called drawn; as far from the other end it is called a photograph. */
export const CERTAIN = 0.7;

/**
 * A logistic layer over `styleFeatures`, trained by scripts/models/style/calibrate.ts on 241 pictures of Debian and npm packages;
 * docs/analysis.md has what it gets right and wrong. (The five scores each for themselves did a little better on those, but by
 * what shows no skin: drawn art that does was taken for photographs.)
 */
const WEIGHTS = [0.519, 0.274, -0.501] as const;
const BIAS = 1.842;

/** Below this a score says nothing but "no". */
const LEAST = 0.001;

/** Logarithms of the two drawn classes and of all others together: the small numbers tell, too. */
export function styleFeatures({ drawing, hentai }: ClassScores): readonly number[] {
  const others = Math.max(0, 1 - drawing - hentai);
  return [drawing, hentai, others].map((score) => Math.log(score + LEAST));
}

/**
 * Drawn or photographed. The classifier was made for something else, but two of its classes are drawn and three are not; that
 * it leans to the drawn ones, even a little, tells painted characters from photographs. Painted scenery and flat graphics land
 * in the middle, which is why the middle is no answer.
 */
export function styleOf(scores: ClassScores): { readonly style: Style; readonly confidence: number } {
  const features = styleFeatures(scores);
  const drawn = 1 / (1 + Math.exp(-WEIGHTS.reduce((sum, weight, i) => sum + weight * (features[i] ?? 0), BIAS)));
  if (drawn >= CERTAIN) return { style: 'drawing', confidence: drawn };
  if (1 - drawn >= CERTAIN) return { style: 'photo', confidence: 1 - drawn };
  return { style: 'unsure', confidence: Math.max(drawn, 1 - drawn) };
}

/**
 * The classes of bare skin and more, together, 0 to 1: on 194 harmless pictures this was over 0.5 for 8, an apple among them,
 * which is why nothing is decided by it.
 */
export const suggestiveOf = ({ hentai, porn, sexy }: ClassScores): number => Math.min(1, hentai + porn + sexy);
