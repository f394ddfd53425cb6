import type { Analysis } from '../model/analysis.ts';
import type { ImageFormat } from '../model/image.ts';
import type { Match } from '../model/match.ts';
import type { ContentRating } from '../model/rating.ts';
import type { TagSet } from '../model/tag.ts';

/** What is known of an image when its category is chosen. */
export interface CategoryFacts {
  /** approved */
  readonly tags: TagSet;
  readonly match?: Match;
  /** a booru's or a tagger's */
  readonly rating?: ContentRating;
  readonly analysis: Analysis | undefined;
  /** of the file */
  readonly bytes?: number;
  readonly format?: ImageFormat;
}
