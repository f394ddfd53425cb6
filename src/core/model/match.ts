import type { ContentRating } from './rating.ts';
import type { TagSet } from './tag.ts';

/** Sites that a match can lead to; of the first group we can fetch the post and its tags. */
export const POST_SITES = [
  'danbooru', 'yandere', 'konachan', 'safebooru', 'gelbooru', 'sankaku', 'e-shuushuu', 'zerochan', 'anime-pictures',
  'e621', 'pixiv', 'twitter', 'deviantart', 'artstation', 'nijie', 'skeb', 'other',
] as const; // prettier-ignore
export type PostSite = (typeof POST_SITES)[number];

/** A post of a site: `danbooru` `123456`. The id is text, since tweet ids exceed 2^53. */
export interface PostRef {
  readonly site: PostSite;
  readonly id: string;
}

/** A post with its tags, as a booru gives it. */
export interface Post {
  readonly ref: PostRef;
  /** address of the post's page */
  readonly url: string;
  readonly tags: TagSet;
  readonly rating?: ContentRating;
  /** other addresses of the picture that the post names (pixiv, twitter); shown and written, never fetched */
  readonly sources: readonly string[];
  /** missing for restricted posts */
  readonly md5?: string;
  /** when the post was made, ISO 8601 with zone */
  readonly createdAt?: string;
}

/** The picture that a search found, with what is known of it. */
export interface Match {
  /** the provider that found it */
  readonly provider: ProviderId;
  /** 0 to 100; 100 where the bytes are the same (MD5) */
  readonly similarity: number;
  /** address of the page to show */
  readonly url: string;
  /** the post that gave the tags; absent where the site has none (pixiv, twitter) */
  readonly post?: PostRef;
  readonly rating?: ContentRating;
  readonly tags: TagSet;
  readonly sources: readonly string[];
  /** artist's and work's name where the site has no tags */
  readonly artist?: string;
  readonly title?: string;
  readonly createdAt?: string;
}

export const PROVIDER_IDS = ['danbooru-md5', 'danbooru-iqdb', 'saucenao', 'iqdb'] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];
