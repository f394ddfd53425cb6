import { basename, dirname, relative } from 'node:path';
import { resultOf, type ImageState } from '../../core/model/imageState.ts';
import { TAG_CATEGORIES } from '../../core/model/tag.ts';
import type { Suggestion } from '../../core/model/review.ts';
import type { ReviewImage, SuggestedTag } from '../../protocol/review.ts';

/** An image that waits, as the panel shows it. @param workspace absolute path of the folder that is open */
export function reviewImage(state: ImageState, suggestion: Suggestion, workspace: string): ReviewImage {
  const { id, path } = state.image;
  const match = resultOf(state, 'search')?.match;
  const scores = resultOf(state, 'analyze')?.tagScores ?? {};
  const suggested = (name: string): SuggestedTag => {
    const score = scores[name];
    return { name, ...(score !== undefined && { score }) };
  };
  return {
    id,
    name: basename(path),
    folder: relative(workspace, dirname(path)),
    tags: Object.fromEntries(
      TAG_CATEGORIES.map((category) => [category, suggestion.tags[category].map(suggested)]),
    ) as ReviewImage['tags'],
    evidence: suggestion.evidence,
    ...(suggestion.rating && { rating: suggestion.rating }),
    ...(match && {
      match: {
        provider: match.provider,
        url: match.url,
        ...(match.similarity !== undefined && { similarity: match.similarity }),
      },
    }),
  };
}
