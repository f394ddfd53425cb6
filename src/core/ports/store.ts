import type { ContentHash } from '../model/ids.ts';
import type { Look } from '../model/look.ts';
import type { Post, PostRef, ProviderId } from '../model/match.ts';
import type { PreferenceStore } from './preferenceStore.ts';
import type { SearchAnswer } from './reverseImageSearch.ts';

/** What a service said of a picture, and when. */
export interface RememberedAnswer {
  readonly provider: ProviderId;
  readonly variant: string;
  readonly sha256: ContentHash;
  /** milliseconds since 1970 */
  readonly at: number;
  readonly answer: SearchAnswer;
}

/** An image that we put into the sorted folder. */
export interface SortedFile {
  readonly sha256: ContentHash;
  /** absolute path in the sorted folder */
  readonly path: string;
  /** absolute path in the inbox that it came from */
  readonly source: string;
  /** modification time of the file, which a move keeps; milliseconds since 1970 */
  readonly at: number;
}

/**
 * What is queried: search cache, file history, preferences. Changes stay in memory until `checkpoint` writes the whole
 * database (aside, fsync, rename). What was lost with a killed process is made again from the journal, whose position each
 * checkpoint records; posts and looks, which are not in the journal, are fetched and made again when they are needed.
 */
export interface Store {
  /** the journal (its number) and the byte offset up to which everything is in the database */
  readonly position: { readonly journal: number; readonly offset: number };

  /** @param notBefore milliseconds since 1970; older answers count as unknown */
  answer(provider: ProviderId, variant: string, sha256: ContentHash, notBefore: number): SearchAnswer | undefined;
  rememberAnswer(remembered: RememberedAnswer): void;

  post(ref: PostRef, notBefore: number): Post | undefined;
  rememberPost(post: Post, at: number): void;

  /** The telling pictures that were seen since, the first first; older ones are forgotten at the next checkpoint. */
  tellingLooks(notBefore: number): Iterable<{ readonly sha256: ContentHash; readonly hash: string }>;
  /** How a picture looks that was not forgotten. */
  look(sha256: ContentHash): Look | undefined;
  /** @param telling whether near copies can be known by it */
  rememberLook(sha256: ContentHash, look: Look, telling: boolean, at: number): void;

  /** the latest first */
  sortedFiles(sha256: ContentHash): readonly SortedFile[];
  /** in any order */
  allSorted(): Iterable<SortedFile>;
  /** The paths of `allSorted` alone, which is less to read. */
  sortedPaths(): Iterable<string>;
  /** @param features of `featuresOf`, as they were when its category was chosen; absent where they are not known */
  rememberSorted(file: SortedFile, features?: readonly string[]): void;
  /** of the image as it was sorted; undefined for one that was not, or by a version that did not keep them */
  sortedFeatures(sha256: ContentHash): readonly string[] | undefined;
  /** The user has moved a sorted file. */
  moveSorted(sha256: ContentHash, from: string, to: string): void;
  /** Whether the image was ever sorted, also where that was taken back. */
  wasSorted(sha256: ContentHash): boolean;
  /** The file is where it was before it was sorted. */
  forgetSorted(sha256: ContentHash, path: string): void;

  /** what the user's corrections have taught */
  readonly preferences: PreferenceStore;

  checkpoint(position: { readonly journal: number; readonly offset: number }): Promise<void>;
  close(): void;
}
