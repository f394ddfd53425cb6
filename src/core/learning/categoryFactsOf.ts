import { resultOf, type ImageState } from '../model/imageState.ts';
import type { CategoryFacts } from '../rules/categoryFacts.ts';
import { approvedOf } from '../stages/suggestion.ts';

/** What the rules and the learner look at, of an image as far as it is known. */
export function factsOf(state: ImageState, maxGeneralTags: number): CategoryFacts {
  const scan = resultOf(state, 'scan');
  return {
    ...approvedOf(state, maxGeneralTags),
    analysis: resultOf(state, 'analyze'),
    bytes: state.image.size,
    ...(scan && { format: scan.format }),
  };
}
