/** What a sidecar is to say to everybody who reads it. */
export interface Says {
  /** levels from the top down, as they stand in the hierarchical fields */
  readonly tags: readonly (readonly string[])[];
  readonly description?: string;
  readonly creators?: readonly string[];
  /** address of the post */
  readonly source?: string;
  /** ISO 8601 with zone */
  readonly date?: string;
  /** 1 to 5 */
  readonly stars?: number;
}

/** A booru's general tag under the hierarchy `category`: `fate/stay_night` -> `general`, `fate∕stay_night`. */
export const general = (tag: string): readonly string[] => [
  'general',
  tag.replaceAll('/', '\u2215').replaceAll('|', '\uff5c'),
];

/** The word for dc:subject: the tag itself with its own separators, ratings with their first level. */
export function wordOf(path: readonly string[]): string {
  const word = path.at(-1) ?? '';
  return path[0] === 'rating' && path.length === 2
    ? `rating:${word}`
    : word.replaceAll('\u2215', '/').replaceAll('\uff5c', '|');
}
