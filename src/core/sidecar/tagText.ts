import type { Settings } from '../settings/settingsTable.ts';
import { cleanText } from './cleanText.ts';

export type TagCase = Settings['xmp.tagCase'];

/** Faces with letters or digits in them that the boorus use as tags; the underscore is the mouth. */
const FACES = new Set(['0_0', '3_3', '6_9', '(o)_(o)', '<o>_<o>', '>_o', 'o_o', 'u_u', 'x_x', 't_t']);
/** `^_^`, `|_|`, `>_<`, `;_;`, `._.`: signs on both sides. */
const FACE_OF_SIGNS = /^[^\p{L}\p{N}\s]+_[^\p{L}\p{N}\s]+$/u;

/**
 * A booru's tag as it is written: `blue_eyes` is `blue eyes` (lower), `Blue Eyes` (title) or `blue_eyes` (booru). Faces such
 * as `^_^` stay as they are. May be empty, when the tag holds nothing that can be written.
 */
export function tagText(tag: string, tagCase: TagCase): string {
  const clean = cleanText(tag);
  if (tagCase === 'booru' || FACES.has(clean.toLowerCase()) || FACE_OF_SIGNS.test(clean)) return clean;
  const words = clean.replaceAll('_', ' ').trim().replace(/ {2,}/g, ' ') || clean;
  return tagCase === 'title' ? words.replace(/(^|[ (])(\p{Ll})/gu, capital) : words.toLowerCase();
}

const capital = (_: string, before: string, letter: string): string => before + letter.toUpperCase();
