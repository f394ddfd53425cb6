import type { ContentRating } from './rating.ts';
import type { TagSet } from './tag.ts';

/** `unsure` is an answer of its own: scores in the middle. */
export const STYLES = ['drawing', 'photo', 'unsure'] as const;
export type Style = (typeof STYLES)[number];

/** As manifests and sidecars say it; rules, folders and what was learned have the short words. */
export const STYLE_WORDS = {
  drawing: 'anime style illustration',
  photo: 'realistic photograph',
  unsure: 'unsure',
} as const satisfies Readonly<Record<Style, string>>;

/** A person that the detector found. */
export interface Person {
  /** left, top, width, height, each 0 to 1 of the picture as shown (EXIF orientation applied) */
  readonly box: readonly [number, number, number, number];
  /** 0 to 1 */
  readonly confidence: number;
}

/** What the models say of a picture. */
export interface Analysis {
  readonly style: Style;
  /** 0 to 1: for `unsure` the higher of the two sides */
  readonly styleConfidence: number;
  /** the classifier's own scores by class name, each 0 to 1; hints, no rating */
  readonly scores: Readonly<Record<string, number>>;
  /** the classifier's classes of skin together, 0 to 1: a hint that is often wrong (it takes an apple for more), no rating */
  readonly suggestive?: number;
  readonly persons: readonly Person[];
  /** given by a tagger only, never by the bundled classifier */
  readonly rating?: ContentRating;
  /** suggested tags of a tagger with their scores (0 to 1), in the booru's spelling */
  readonly tags?: TagSet;
  readonly tagScores?: Readonly<Record<string, number>>;
  /** the models that answered, each with the beginning of its file's SHA-256 or the server that it runs on */
  readonly model: string;
  /** what was to be had and could not be, in words that are the same for all pictures concerned */
  readonly notes?: readonly string[];
  /** size of the picture as shown, pixels */
  readonly width: number;
  readonly height: number;
  readonly processingMs: number;
}
