import { isUtf8 } from 'node:buffer';

/** A name in a folder, as the file system has it: on Linux any bytes but `/` and NUL. */
export interface EntryName {
  /** what to show and to sort by; the name itself when it is safe */
  readonly text: string;
  /** why it can't be handled, undefined when it can */
  readonly unsafe?: string;
}

// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * Control characters would break the lines that ExifTool, the journal's readers and terminals live by, and a name that is no
 * UTF-8 can't be written down anywhere. Both are shown with the odd bytes as `\x0a`.
 */
export function entryName(bytes: Buffer): EntryName {
  if (!isUtf8(bytes)) {
    const text = bytes.toString('latin1').replace(/[^ -~]/g, hex);
    return { text, unsafe: 'is not valid UTF-8' };
  }
  const text = bytes.toString();
  return text.search(CONTROL) < 0 ? { text } : { text: text.replace(CONTROL, hex), unsafe: 'has control characters' };
}

const hex = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
