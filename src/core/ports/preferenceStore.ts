import type { Correction } from '../learning/correction.ts';
import type { CountChange, CountsReader } from '../learning/counts.ts';
import type { ContentHash } from '../model/ids.ts';

/** An image that was sorted by what was learned, until the user says otherwise. */
export interface Placement {
  readonly image: ContentHash;
  /** milliseconds since 1970 */
  readonly at: number;
  readonly category: string;
  readonly confidence: number;
  /** of `lossesOf`, reduced: nobody objected, which is less than a word */
  readonly losses: readonly number[];
  /** the user moved the image elsewhere afterwards, and not back */
  readonly wrong: boolean;
}

/** Changes that belong together. */
export interface PreferenceChange {
  /** First removes corrections, placements, counts and losses; the background's counts stay, they are no preference. */
  readonly clear?: true;
  /** each takes the place of one of the same image */
  readonly put?: readonly Correction[];
  readonly forget?: readonly ContentHash[];
  readonly placement?: Placement;
  /** added to the counts; rows that reach zero are removed */
  readonly counts?: CountChange;
  /** added to the sums of losses */
  readonly losses?: readonly number[];
}

/**
 * Where preferences are kept. The counts are sums over the corrections, kept beside them so that a prediction reads a few
 * rows and not all corrections.
 */
export interface PreferenceStore extends CountsReader {
  /** features of the images that were sorted, whoever chose: those of the most, and of the latest, come first */
  seen(): Iterable<string>;
  /** sums, one a temper; empty when there are none */
  losses(): readonly number[];
  correction(image: ContentHash): Correction | undefined;
  /** the latest (by `at`) first */
  corrections(): Iterable<Correction>;
  placement(image: ContentHash): Placement | undefined;
  /** the latest first */
  placements(limit: number): readonly Placement[];
  /** All of it or nothing. */
  change(change: PreferenceChange): void;
}
