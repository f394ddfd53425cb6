import type { PostRef } from './match.ts';
import type { ContentRating } from './rating.ts';
import type { TagSet } from './tag.ts';

/** What a file's own name tells of where it is from. Names can be wrong: it is a trace, not a proof. */
export interface NameEvidence {
  /** 32 lower-case hex digits each: of the booru's file, which need not be this one any more */
  readonly md5s: readonly string[];
  /** from a file beside: its own post and those that its sources lead to, the site with the best kept tags first */
  readonly posts: readonly PostRef[];
}

/** What a file that a downloader or library program has put beside the image tells. */
export interface BesideEvidence extends NameEvidence {
  /** absolute path of that file */
  readonly file: string;
  /** absent where the site's tags are no booru's; all under `general` where the file sorts them into no categories */
  readonly tags?: TagSet;
  readonly rating?: ContentRating;
  /** http(s) addresses of the picture, without the page of its own post; shown and written, never fetched */
  readonly sources: readonly string[];
  /** artist's and work's name where the site has no tags */
  readonly artist?: string;
  readonly title?: string;
  /** ISO 8601 with zone */
  readonly createdAt?: string;
}
