/**
 * Stands between the values of a list in one argument. U+FFFF is no character: XML can't hold it, so no value read from a
 * sidecar has it, and `cleanText` takes it out of all others. Nothing can be cut that is one, as `-sep ', '` would cut
 * `a, b (c,d)`.
 */
export const BETWEEN_VALUES = '\uffff';

/** Tells ExifTool so: a regular expression over the bytes of UTF-8, spelled in ASCII, which every command line carries. */
export const SPLITTING_LISTS = ['-api', 'ListSplit=\\xef\\xbf\\xbf'] as const;

const ASSIGNMENT = /^(-[\w:-]+\+?=)(.+)$/s;

/**
 * `-TAG=a`, `-TAG=b` -> `-TAG=a\uffffb`. ExifTool looks its tag up among all that it knows for each argument anew: with 25
 * tags in three fields a write takes it 7.1 ms of CPU with a value an argument, 3.0 with a list an argument.
 * @param args one value an argument, none with `BETWEEN_VALUES` in it
 */
export function joinLists(args: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let last: string | undefined;
  for (const arg of args) {
    const [, tag, value = ''] = ASSIGNMENT.exec(arg) ?? [];
    if (tag !== undefined && tag === last) joined.push(`${joined.pop() ?? ''}${BETWEEN_VALUES}${value}`);
    else joined.push(arg);
    last = tag;
  }
  return joined;
}
