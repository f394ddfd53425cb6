import { isUtf8 } from 'node:buffer';

/** A name in a folder, as the file system has it: on Linux any bytes but `/` and NUL. */
export interface EntryName {
  /** the name itself; of one that is no UTF-8, and so can't be written down, its bytes with the odd ones as `\xe9` */
  readonly text: string;
  /** why it can't be handled, undefined when it can */
  readonly unsafe?: string;
}

// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * Control characters would break the lines that ExifTool, the journal's readers and terminals live by, and a name that is no
 * UTF-8 can't be written down anywhere.
 */
export function entryName(bytes: Buffer): EntryName {
  if (!isUtf8(bytes)) {
    const text = bytes.toString('latin1').replace(/[^ -~]/g, hex);
    return { text, unsafe: 'is not valid UTF-8' };
  }
  return textName(bytes.toString());
}

/** Of a name that is text. */
export function textName(text: string): EntryName {
  return text.search(CONTROL) < 0 ? { text } : { text, unsafe: 'has control characters' };
}

/** A path as it may be shown: no name can move a terminal's cursor, or add lines to a report. */
export const spelledOut = (path: string): string => path.replace(CONTROL, hex);

const hex = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
