import type { Candidate } from '../ports/reverseImageSearch.ts';

/** Where a picture may be from: a candidate of a search, or what its name or a file beside it tells, which compares nothing. */
export interface Lead extends Omit<Candidate, 'similarity'> {
  readonly similarity?: number;
  /** ISO 8601 with zone */
  readonly createdAt?: string;
}
