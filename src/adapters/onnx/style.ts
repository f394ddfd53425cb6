import type { Style } from '../../core/model/analysis.ts';

/** The classes of the bundled classifier, in the order of its output. */
export const CLASSES = ['drawing', 'hentai', 'neutral', 'porn', 'sexy'] as const;
export type ClassScores = Readonly<Record<(typeof CLASSES)[number], number>>;

/** From here on a picture is called drawn; as far from the other end it is called a photograph. */
const CERTAIN = 0.7;

/**
 * Drawn or photographed. The classifier was made for something else, but two of its classes are drawn and three are not,
 * and together they tell character art from photographs. Painted scenery and flat graphics land in the middle, which is why
 * the middle is no answer.
 */
export function styleOf(scores: ClassScores): { readonly style: Style; readonly confidence: number } {
  const drawn = Math.min(1, scores.drawing + scores.hentai);
  if (drawn >= CERTAIN) return { style: 'drawing', confidence: drawn };
  if (1 - drawn >= CERTAIN) return { style: 'photo', confidence: 1 - drawn };
  return { style: 'unsure', confidence: Math.max(drawn, 1 - drawn) };
}
