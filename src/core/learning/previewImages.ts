import { resultOf, type ImageState } from '../model/imageState.ts';
import type { CategoryFacts } from '../rules/categoryFacts.ts';
import type { PreviewImage } from '../rules/preview.ts';
import { approvedOf } from '../stages/suggestion.ts';
import type { CategoryDecision } from './decideCategory.ts';
import { categoryAt } from './movements.ts';

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

/**
 * The images as a preview wants them: in the inbox, or where they were sorted to.
 * @param sorted absolute path of the sorted folder
 */
export function* previewImages(
  states: Iterable<ImageState>,
  decide: (facts: CategoryFacts) => CategoryDecision,
  { sorted, maxGeneralTags }: { readonly sorted: string; readonly maxGeneralTags: number },
): Generator<PreviewImage> {
  for (const state of states) {
    const path = resultOf(state, 'categorize')?.destination ?? state.image.path;
    const now = categoryAt(path, sorted);
    const synced = state.stages.sync?.outcome.kind === 'done';
    yield { path, next: decide(factsOf(state, maxGeneralTags)), synced, ...(now !== undefined && { now }) };
  }
}
