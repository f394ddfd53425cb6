import type { ContentHash } from '../model/ids.ts';
import type { Post, PostRef, PostSite, ProviderId } from '../model/match.ts';
import type { FailureReason } from '../model/failure.ts';
import type { ContentRating } from '../model/rating.ts';
import type { TagSet } from '../model/tag.ts';

/** A picture to look for. */
export interface ImageQuery {
  readonly path: string;
  readonly sha256: ContentHash;
  readonly md5: string;
  /**
   * The reduced copy that may be sent to a service: JPEG, longest side 1,000 px at most. Made at the first call, then kept.
   * @throws ImageError `corrupt`, `too-large`, `unreadable`, `vanished` or `empty`
   * @throws DecoderLacks the picture can't be decoded on this machine: the service counts as `unavailable` for it
   */
  upload(): Promise<Uint8Array>;
}

/** A picture that a service found. Posts whose tags can be had are named in `posts`. */
export interface Candidate {
  /** 0 to 100 */
  readonly similarity: number;
  /** page to show; empty where the service names none (a scanned magazine) */
  readonly url: string;
  readonly posts: readonly PostRef[];
  /** the post itself, where the answer held it */
  readonly post?: Post;
  readonly sources: readonly string[];
  readonly artist?: string;
  readonly title?: string;
  /** of the booru's file, where the answer tells: posts of other sites can be found by it */
  readonly md5?: string;
  /** tags in no categories (all are under `general`): what is left where no post can be fetched */
  readonly tags?: TagSet;
  /** as the answer states it, for want of a post */
  readonly rating?: ContentRating;
}

/** What one service says of one picture. Only `found` and `no-match` are facts about the picture, and may be cached. */
export type SearchAnswer =
  /** best first, all of them at or above the provider's threshold */
  | { readonly kind: 'found'; readonly candidates: readonly Candidate[] }
  /** nothing at or above the threshold; `best` is the best similarity seen below it */
  | { readonly kind: 'no-match'; readonly best?: number; readonly threshold: number }
  /** can't be asked at all in this run (no key), or about this picture (no copy can be made of it); the next provider is asked */
  | { readonly kind: 'unavailable'; readonly why: string; readonly about?: 'picture' }
  /** no more searches before `until` (milliseconds since 1970) */
  | { readonly kind: 'quota'; readonly until: number; readonly why: string }
  | { readonly kind: 'error'; readonly reason: FailureReason; readonly message: string };

/**
 * A service that knows pictures. It keeps its own limits (waits inside the short windows that the service states), tries
 * again what is worth it (three tries with back-off), and answers with a value. It rejects only when `signal` is aborted, and
 * with the ImageError of `ImageQuery.upload`, which is the picture's own trouble and no answer of the service.
 * Asking twice costs twice: the search stage caches.
 */
export interface ReverseImageSearch {
  readonly id: ProviderId;
  /** `bytes`: looks the MD5 up, exact and without an upload; `look`: searches by the picture, which is what limits are about */
  readonly by: 'bytes' | 'look';
  /** its searches are counted by the day: none is spent on an image that a free look-up may know once it can be asked again */
  readonly costly?: true;
  /** what the answer depends on beside the picture (threshold, database version); part of the cache key */
  readonly variant: string;
  search(query: ImageQuery, signal: AbortSignal): Promise<SearchAnswer>;
  /**
   * When each of the next `count` searches can go out by the service's limits and pace: times in milliseconds since 1970,
   * ascending. Asks nobody. `unknown` while the service has not said yet what it allows, `unavailable` when it can't be asked.
   */
  forecast?(count: number): Promise<readonly number[] | 'unknown' | 'unavailable'>;
}

export type PostAnswer =
  | { readonly kind: 'post'; readonly post: Post }
  | { readonly kind: 'gone' }
  | { readonly kind: 'error'; readonly reason: FailureReason; readonly message: string };

/** A site that gives the tags of a post by its id. Same duties as above. */
export interface PostSource {
  readonly site: PostSite;
  post(ref: PostRef, signal: AbortSignal): Promise<PostAnswer>;
}

/** Makes the reduced copies that are uploaded. */
export interface UploadMaker {
  /** JPEG, longest side at most 1,000 px, transparency on white. @throws ImageError, DecoderLacks */
  makeUpload(path: string): Promise<Uint8Array>;
}
