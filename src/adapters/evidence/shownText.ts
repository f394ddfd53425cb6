import { cleanText } from '../../core/sidecar/cleanText.ts';

/** A longer one is no title and no name, and would fill the sidecar's fields. */
const LONGEST = 500;

/** A title or a name on one line, without control characters; undefined when nothing is left of it. */
export function shownText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST) return undefined;
  return cleanText(value) || undefined;
}
