import { resultOf, type ImageState } from '../model/imageState.ts';
import type { Match } from '../model/match.ts';
import type { ContentRating } from '../model/rating.ts';
import type { Suggestion } from '../model/review.ts';
import { countTags, mergeTags, namesOf, NO_TAGS, type TagSet } from '../model/tag.ts';

/** The tags that search and analysis suggest for an image; undefined when there are none. */
export function suggestionOf(state: ImageState, maxGeneralTags: number): Suggestion | undefined {
  const match = resultOf(state, 'search')?.match;
  const analysis = resultOf(state, 'analyze');
  const own = state.decidedEarly ? state.decision?.tags : analysis?.tags;
  const all = mergeTags(match?.tags ?? NO_TAGS, own ?? NO_TAGS);
  const tags = maxGeneralTags > 0 ? { ...all, general: all.general.slice(0, maxGeneralTags) } : all;
  if (countTags(tags) === 0) return undefined;
  const evidence = bringsTags(match) ? evidenceOf(match) : Math.max(0, ...Object.values(analysis?.tagScores ?? {}));
  const rating = ratingOf(state);
  return { tags, evidence, ...(rating && { rating }) };
}

/** The tags that the search or a model names. */
export function foundFor(state: ImageState): ReadonlySet<string> {
  const match = resultOf(state, 'search')?.match?.tags ?? NO_TAGS;
  return new Set([...namesOf(match), ...namesOf(resultOf(state, 'analyze')?.tags ?? NO_TAGS)]);
}

/**
 * The tags that are a booru's or a model's, as boorus spell them. Not all that is suggested: after an early decision that is
 * also what the person has typed.
 */
export const namedFor = (state: ImageState): ReadonlySet<string> =>
  new Set([...foundFor(state), ...(state.decision?.named ?? [])]);

/** The booru's, else the tagger's. */
const ratingOf = (state: ImageState): ContentRating | undefined =>
  resultOf(state, 'search')?.match?.rating ?? resultOf(state, 'analyze')?.rating;

/** Whether a person can decide on it now: it waits for that, or its search waits and the models suggest something already. */
export function awaitsPerson(state: ImageState, fate = state.fate): boolean {
  if (fate === 'awaiting-review') return true;
  return fate === 'awaiting-quota' && !state.decision && suggestionOf(state, 0) !== undefined;
}

/** A work on a site without tags (pixiv) says where the picture is from, and vouches for no tag that others suggest. */
export const bringsTags = (match: Match | undefined): match is Match =>
  match !== undefined && countTags(match.tags) > 0;

/** 0 to 1. Where nothing was compared, nothing is proved: names and neighbours can belong to another picture. */
const evidenceOf = ({ similarity }: Match): number => (similarity ?? 0) / 100;

/** What the stages after review go by. */
export interface Approved {
  readonly tags: TagSet;
  /** absent when there is none, or when a person said that it is another picture */
  readonly match?: Match;
  readonly rating?: ContentRating;
}

/** The tags as approved, edited or, where nobody had to be asked, as suggested. */
export function approvedOf(state: ImageState, maxGeneralTags: number): Approved {
  const decision = resultOf(state, 'review');
  const suggestion = suggestionOf(state, maxGeneralTags);
  const isAnother = decision?.decision === 'rejected';
  const match = isAnother ? undefined : resultOf(state, 'search')?.match;
  // also without tags to suggest: what is explicit stays so. The tagger has seen this very picture, whatever the search found
  const rating = isAnother ? resultOf(state, 'analyze')?.rating : ratingOf(state);
  return {
    tags: decision?.tags ?? suggestion?.tags ?? NO_TAGS,
    ...(match && { match }),
    ...(rating && { rating }),
  };
}
