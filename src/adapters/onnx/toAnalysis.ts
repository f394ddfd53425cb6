import type { Analysis } from '../../core/model/analysis.ts';
import { personsOf } from './persons.ts';
import { rounded } from './rounded.ts';
import { classScores, styleOf, suggestiveOf } from './style.ts';
import type { TagLabel } from './tagger/tagLabels.ts';
import { tagsOf, type TagThresholds } from './tagger/tagsOf.ts';
import type { PictureAnswer } from './threadMessages.ts';

export interface AnalysisTerms {
  /** least confidence of a person, 0 to 1 */
  readonly personThreshold: number;
  /** of the tagger, where there is one */
  readonly tags?: { readonly labels: readonly TagLabel[]; readonly thresholds: TagThresholds };
  readonly notes: readonly string[];
}

/** What is made of the models' numbers. */
export function toAnalysis(answer: PictureAnswer, { personThreshold, tags, notes }: AnalysisTerms): Analysis {
  const { width, height, probabilities, detections, box, model, ms } = answer;
  const scores = classScores(probabilities);
  const { style, confidence } = styleOf(scores);
  return {
    style,
    styleConfidence: rounded(confidence),
    scores: Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, rounded(score)])),
    suggestive: rounded(suggestiveOf(scores)),
    persons: personsOf(detections, box, personThreshold),
    // a tagger that could not be asked has said nothing
    ...(tags && answer.scores.length > 0 && tagsOf(answer.scores, tags.labels, tags.thresholds)),
    model,
    ...(notes.length > 0 && { notes }),
    width,
    height,
    processingMs: Math.round(ms),
  };
}
