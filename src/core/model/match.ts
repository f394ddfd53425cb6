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
  /** of the original file, in pixels */
  readonly width?: number;
  readonly height?: number;
}

/** The picture that a search found, with what is known of it. */
export interface Match {
  /** who found it */
  readonly provider: Finder;
  /** 0 to 100; 100 where the bytes are the same (MD5); absent where nothing was compared: a name or a file beside says so */
  readonly similarity?: number;
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

/** Services that know pictures: `-md5` by the bytes of the file alone, at no cost; the others by how it looks. */
export const PROVIDER_IDS = [
  'danbooru-md5', 'danbooru-iqdb', 'saucenao', 'iqdb', 'yandere-md5', 'konachan-md5', 'safebooru-md5',
] as const; // prettier-ignore
export type ProviderId = (typeof PROVIDER_IDS)[number];

/** Asked unless the user says otherwise. */
export const DEFAULT_PROVIDERS = ['danbooru-md5', 'danbooru-iqdb', 'saucenao', 'iqdb'] as const satisfies ProviderId[];

/** `file-name`: the name of the file holds the number of the post; `file-beside`: gallery-dl's or Hydrus' file tells. */
export type Finder = ProviderId | 'file-name' | 'file-beside';
