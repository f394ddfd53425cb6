import type { CategorizeResult } from '../model/stageResults.ts';
import type { CategoryChoice } from '../rules/chooseCategory.ts';
import { explain, type Prediction } from './predict.ts';

/** Where an image goes, and why. */
export type CategoryDecision = Pick<CategorizeResult, 'suggested' | 'learned' | 'confidence' | 'final' | 'because'>;

/**
 * What was learned goes before the rules where it is sure enough. Its confidence is told wherever there is one.
 * @param minConfidence 0 to 1
 */
export function decideCategory(
  choice: CategoryChoice,
  prediction: Prediction | undefined,
  minConfidence: number,
): CategoryDecision {
  const { category: suggested, because } = choice;
  if (!prediction) return { suggested, learned: false, final: suggested, because };
  const { category, confidence } = prediction;
  const learned = confidence >= minConfidence;
  return {
    suggested,
    learned,
    confidence: Math.round(confidence * 1000) / 1000,
    final: learned ? category : suggested,
    because: learned ? explain(prediction) : because,
  };
}
