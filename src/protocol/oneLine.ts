/**
 * A name or a message from outside as one line of text. Control characters (a newline in a file name), and those that turn
 * the direction of what stands around them, are shown as U+FFFD.
 */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
