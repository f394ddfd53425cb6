import { CONTENT_RATINGS, type ContentRating } from '../model/rating.ts';
import type { SidecarFields } from './fields.ts';
import { standingTags } from './standingTags.ts';

/** What a person wants to know of a sidecar at a glance. */
export interface SidecarSummary {
  /** levels joined with `/` */
  readonly tags: readonly string[];
  /** the content rating */
  readonly rating?: ContentRating;
  /** the star rating, as it stands */
  readonly stars?: number;
  /** address of the post */
  readonly source?: string;
  readonly description?: string;
}

/** The tags as readers see them; the rating is taken from its tag. */
export function summarize(fields: SidecarFields): SidecarSummary {
  const tags = standingTags(fields);
  const rating = CONTENT_RATINGS.find((name) =>
    tags.some(({ path, leaf }) => leaf === `rating:${name}` && path.length <= 2),
  );
  const stars = Number.parseInt(fields.rating ?? '', 10);
  return {
    tags: tags.map(({ path }) => path.join('/')),
    ...(rating && { rating }),
    ...(!Number.isNaN(stars) && { stars }),
    ...(fields.source !== undefined && { source: fields.source }),
    ...(fields.description !== undefined && { description: fields.description }),
  };
}
