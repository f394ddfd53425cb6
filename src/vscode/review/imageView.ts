import { basename, dirname, relative } from 'node:path';
import { resultOf, type ImageState } from '../../core/model/imageState.ts';
import type { Suggestion } from '../../core/model/review.ts';
import { NO_TAGS, TAG_CATEGORIES } from '../../core/model/tag.ts';
import { categoryFolder } from '../../core/rules/categoryFolder.ts';
import type { CategoryChoice } from '../../core/rules/chooseCategory.ts';
import { bringsTags } from '../../core/stages/suggestion.ts';
import type { ReviewDetails, ReviewRow, ShownTag } from '../../protocol/review.ts';
import { isEdited, tagsOf, type Mark } from './mark.ts';

/** An image of the review with all that is known of it. */
export interface Reviewed {
  readonly state: ImageState;
  readonly suggestion: Suggestion;
}

/** What the views of all images have in common. */
export interface Surroundings {
  /** absolute path of the folder that is open */
  readonly workspace: string;
  /** where an image would go as it stands */
  readonly suggest: (state: ImageState) => CategoryChoice;
  readonly maxGeneralTags: number;
}

/** The image as the grid shows it. */
export function rowOf(image: Reviewed, mark: Mark, surroundings: Surroundings): ReviewRow {
  const { state, suggestion } = image;
  const { id, path } = state.image;
  const match = resultOf(state, 'search')?.match;
  // the evidence in two columns: of a match without tags the details tell
  const similarity = bringsTags(match) ? match.similarity : undefined;
  const scores = Object.values(resultOf(state, 'analyze')?.tagScores ?? {});
  const sortedTo = resultOf(state, 'categorize')?.final;
  return {
    id,
    name: basename(path),
    folder: relative(surroundings.workspace, dirname(path)),
    status: mark.status ?? 'waiting',
    evidence: suggestion.evidence,
    ...(similarity !== undefined && { similarity }),
    ...(scores.length > 0 && { confidence: Math.max(...scores) }),
    category: categoryFolder(sortedTo ?? mark.category ?? suggestedCategory(image, mark, surroundings).category),
    ...(isEdited(mark) && { edited: true }),
  };
}

/** The image as the large view shows it. @param twin the image of the review that was looked up for this near copy of it */
export function detailsOf(
  image: Reviewed,
  mark: Mark,
  surroundings: Surroundings,
  twin: ImageState['image'] | undefined,
): ReviewDetails {
  const { state, suggestion } = image;
  const match = resultOf(state, 'search')?.match;
  return {
    id: state.image.id,
    tags: shownTags(image, mark),
    suggested: suggestedCategory(image, mark, surroundings),
    ...(suggestion.rating && { rating: suggestion.rating }),
    ...(match && {
      match: {
        provider: match.provider,
        url: match.url,
        ...(match.similarity !== undefined && { similarity: match.similarity }),
        ...(match.title !== undefined && { title: match.title }),
        ...(match.artist !== undefined && { artist: match.artist }),
      },
    }),
    ...(twin && { twin: { id: twin.id, name: basename(twin.path) } }),
  };
}

/** Where it would go if it were approved with the tags as the person has changed them. */
function suggestedCategory({ state, suggestion }: Reviewed, mark: Mark, { suggest }: Surroundings): CategoryChoice {
  const result = { decision: 'approved', tags: tagsOf(suggestion.tags, mark) } as const;
  const review = { outcome: { kind: 'done', result }, ms: 0 } as const;
  return suggest({ ...state, stages: { ...state.stages, review } });
}

/** Suggested ones (those that were taken away too), then the person's own. */
function shownTags({ state, suggestion }: Reviewed, { added = [], removed = [] }: Mark): ShownTag[] {
  const match = resultOf(state, 'search')?.match;
  const analysis = resultOf(state, 'analyze');
  const shown: ShownTag[] = [];
  for (const category of TAG_CATEGORIES) {
    const [byMatch, byTagger] = [match?.tags ?? NO_TAGS, analysis?.tags ?? NO_TAGS].map((t) => new Set(t[category]));
    for (const name of suggestion.tags[category]) {
      const score = analysis?.tagScores?.[name];
      const from = [
        ...(match && byMatch?.has(name) ? [match.post?.site ?? match.provider] : []),
        ...(byTagger?.has(name) ? ['tagger'] : []),
      ];
      shown.push({
        name,
        category,
        from,
        ...(score !== undefined && { score }),
        ...(removed.includes(name) && { removed: true as const }),
      });
    }
  }
  return [...shown, ...added.map(({ name, category }) => ({ name, category, from: ['you'] }))];
}
