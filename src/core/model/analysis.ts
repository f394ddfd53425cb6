import type { ContentRating } from './rating.ts';
import type { TagSet } from './tag.ts';

/** `unsure` is an answer of its own: scores in the middle. */
export const STYLES = ['drawing', 'photo', 'unsure'] as const;
export type Style = (typeof STYLES)[number];

/** A person that the detector found. */
export interface Person {
  /** left, top, width, height, each 0 to 1 of the picture as shown (EXIF orientation applied) */
  readonly box: readonly [number, number, number, number];
  /** 0 to 1 */
  readonly confidence: number;
}

/** What the local models say of a picture. */
export interface Analysis {
  readonly style: Style;
  /** 0 to 1: for `unsure` the higher of the two sides */
  readonly styleConfidence: number;
  /** the classifier's own scores by class name, each 0 to 1; hints, no rating */
  readonly scores: Readonly<Record<string, number>>;
  readonly persons: readonly Person[];
  /** given by a tagger only, never by the bundled classifier */
  readonly rating?: ContentRating;
  /** suggested tags of a tagger with their scores (0 to 1), in the booru's spelling */
  readonly tags?: TagSet;
  readonly tagScores?: Readonly<Record<string, number>>;
  /** names of the models that answered */
  readonly model: string;
  /** size of the picture as shown, pixels */
  readonly width: number;
  readonly height: number;
  readonly processingMs: number;
}
