/**
 * Control characters (C0, DEL, C1, the two line separators), halves of surrogate pairs and non-characters: XML can't hold
 * most of them, and a line break in ExifTool's argument stream starts another argument.
 */
// eslint-disable-next-line no-control-regex -- that is what is looked for
const UNWRITABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff\p{Surrogate}]+/gu;

/** Text as it can stand in a field: what XML or ExifTool can't carry becomes one space, the ends are trimmed. May be empty. */
export function cleanText(text: string): string {
  return text.replace(UNWRITABLE, ' ').trim();
}
