import type { ContentRating } from '../model/rating.ts';
import type { SidecarContent } from './content.ts';

/** Codes of the PLUS vocabulary: adult content warning required, not required, unknown. */
export const ADULT_CONTENT_WARNINGS: Readonly<
  Record<ContentRating, NonNullable<SidecarContent['adultContentWarning']>>
> = { general: 'CW-NRQ', sensitive: 'CW-UNK', questionable: 'CW-AWR', explicit: 'CW-AWR' };

/** Stars for those who asked for them; a content rating is no judgement of the picture. */
export const STARS: Readonly<Record<ContentRating, number>> = {
  general: 5,
  sensitive: 4,
  questionable: 3,
  explicit: 1,
};
