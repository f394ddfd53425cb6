import { plainText } from '../http/plainText.ts';

const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\b/gi;

/**
 * A message of SauceNAO as it may be shown: no markup, and neither the user's name (`NAME, basic accounts share …`, or the
 * address in its place) nor an IP address.
 */
export function shownMessage(html: string): string {
  return html
    .split(/<br\b[^>]*>/i)
    .map((part) => plainText(part))
    .map((part) => part.replace(/^.*?,\s*(?=your IP\b|you\b|(?:\w+ )?accounts?\b)/i, ''))
    .join(' ')
    .replace(ADDRESS, '(address)')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}
