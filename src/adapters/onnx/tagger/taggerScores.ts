import { DESCRIPTOR } from './taggerFiles.ts';
import type { TaggerForm } from './taggerForm.ts';
import { TaggerProblem } from './taggerProblem.ts';

/** The model's numbers as scores from 0 to 1. @throws TaggerProblem they are none */
export function checkedScores(values: Float32Array, { activation }: TaggerForm): Float32Array {
  const scores = activation === 'sigmoid' ? values.map((logit) => 1 / (1 + Math.exp(-logit))) : values;
  const strange = scores.find((score) => !(score >= 0 && score <= 1));
  if (strange === undefined) return scores;
  const hint = activation === 'none' ? `: for logits set "activation" to "sigmoid" in ${DESCRIPTOR}` : '';
  throw new TaggerProblem('model', `The model gives ${strange} as a score, where 0 to 1 belongs${hint}.`);
}
