import { cleanText } from './cleanText.ts';

/** Between levels: `/` in digiKam:TagsList, `|` in lr:HierarchicalSubject. */
export type LevelSeparator = '/' | '|';

/**
 * One level of a tag. Readers split at `/` and `|` and know no escape, so the letters themselves become look-alikes:
 * `fate/stay night` -> `fate∕stay night` (U+2215), `|_|` -> `｜_｜` (U+FF5C).
 */
export function toLevel(text: string): string {
  return cleanText(text).replaceAll('/', '\u2215').replaceAll('|', '\uff5c');
}

/** The text that a level stands for: the way back from `toLevel`. */
export function fromLevel(level: string): string {
  return level.replaceAll('\u2215', '/').replaceAll('\uff5c', '|');
}

/** A tag as a field holds it, as levels. Empty levels count for nothing, as in Immich. */
export function toPath(text: string, separator: LevelSeparator): string[] {
  return text.split(separator).map(toLevel).filter(Boolean);
}

/** The word for dc:Subject. A bare `general` says nothing in a flat list, so ratings keep their level: `rating:general`. */
export function toLeaf(path: readonly string[]): string {
  const [first, second] = path;
  if (path.length === 2 && first === 'rating' && second !== undefined) return `rating:${second}`;
  return fromLevel(path.at(-1) ?? '');
}
