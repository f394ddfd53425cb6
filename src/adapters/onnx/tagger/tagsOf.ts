import { CONTENT_RATINGS, type ContentRating } from '../../../core/model/rating.ts';
import { TAG_CATEGORIES, type TagCategory, type TagSet } from '../../../core/model/tag.ts';
import { rounded } from '../rounded.ts';
import type { TagLabel } from './tagLabels.ts';

/** Least scores, 0 to 1. */
export interface TagThresholds {
  readonly general: number;
  readonly character: number;
}

export interface Tagged {
  /** the best first */
  readonly tags: TagSet;
  readonly tagScores: Readonly<Record<string, number>>;
  /** absent where the tagger knows no ratings */
  readonly rating?: ContentRating;
}

/**
 * What a tagger says of a picture.
 * @param frames the scores (0 to 1) of the picture, or of an animation's frames: the tags are the first one's, the rating is
 *   the highest of all
 * @param labels as many as there are scores
 */
export function tagsOf(
  frames: readonly Float32Array[],
  labels: readonly TagLabel[],
  thresholds: TagThresholds,
): Tagged {
  const [first = new Float32Array()] = frames;
  const found: { readonly name: string; readonly category: TagCategory; readonly score: number }[] = [];
  labels.forEach((label, i) => {
    const score = first[i] ?? 0;
    if (label.kind === 'tag' && score >= thresholdOf(label.category, thresholds)) found.push({ ...label, score });
  });
  found.sort((a, b) => b.score - a.score);
  const ratings = frames.flatMap((scores) => ratingOf(scores, labels) ?? []);
  const highest = CONTENT_RATINGS.findLast((rating) => ratings.includes(rating));
  const inCategory = (category: TagCategory): readonly string[] =>
    found.flatMap((tag) => (tag.category === category ? [tag.name] : []));
  return {
    tags: Object.fromEntries(TAG_CATEGORIES.map((category) => [category, inCategory(category)])) as TagSet,
    tagScores: Object.fromEntries(found.map(({ name, score }) => [name, rounded(score)])),
    ...(highest && { rating: highest }),
  };
}

/** A wrong name does more harm than a wrong adjective: who made it and where it is from is asked for as who is on it. */
function thresholdOf(category: TagCategory, { general, character }: TagThresholds): number {
  return category === 'general' || category === 'meta' ? general : character;
}

/** The ratings shut each other out: the one with the highest score. */
function ratingOf(scores: Float32Array, labels: readonly TagLabel[]): ContentRating | undefined {
  let best: { readonly rating: ContentRating; readonly score: number } | undefined;
  labels.forEach((label, i) => {
    const score = scores[i] ?? 0;
    if (label.kind === 'rating' && (!best || score > best.score)) best = { rating: label.rating, score };
  });
  return best?.rating;
}
