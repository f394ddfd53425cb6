import { oneLine } from '../protocol/oneLine.ts';

export { oneLine };

/** A name from outside as one line for a notification, where VS Code makes a link, even one to a command, of `[text](address)`. */
export function forNotification(text: string): string {
  return oneLine(text).replaceAll('](', '] (');
}

/** The same as Markdown: shown as it is, whatever it holds. */
export function forMarkdown(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]()<>#+\-.!|~&$]/g, '\\$&');
}
