/** The boorus' content ratings of today. It is never a star rating. */
export const CONTENT_RATINGS = ['general', 'sensitive', 'questionable', 'explicit'] as const;
export type ContentRating = (typeof CONTENT_RATINGS)[number];
