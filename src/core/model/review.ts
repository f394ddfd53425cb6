import type { ContentRating } from './rating.ts';
import type { TagSet } from './tag.ts';

/** `automatic`: nobody looked, the settings allowed it. */
export const DECISION_KINDS = ['approved', 'edited', 'rejected', 'automatic'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** What became of the suggested tags of one image. */
export interface Decision {
  readonly decision: DecisionKind;
  /** the tags to write, in the booru's spelling; empty when rejected */
  readonly tags: TagSet;
  /** of the tags, those that the person took over from other images: in a booru's spelling, and not free text */
  readonly named?: readonly string[];
  /** the category that the person chose; absent: as the rules and what was learned say */
  readonly category?: string;
}

/** What an image waits for that a person is to decide on. */
export const TO_REVIEW = { why: 'review', detail: 'a person decides on the suggested tags' } as const;

/** What a person is asked about. */
export interface Suggestion {
  readonly tags: TagSet;
  /** 0 to 1: the similarity of the match; where there is none, or it brings no tags, the tagger's best score */
  readonly evidence: number;
  readonly rating?: ContentRating;
}
