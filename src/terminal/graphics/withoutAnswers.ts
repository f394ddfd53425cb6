/* eslint no-control-regex: off -- the answers are escape sequences */

/**
 * A terminal's answer to what `detectGraphics` asks: Kitty's, the device attributes, the size of a cell (Ctrl+PageDown, which is
 * `ESC [6;5~`, begins like that). Whole, or broken off by what can't be a part of it.
 */
const ANSWER = /\u001b(?:_G[^\u0000-\u001f]*(?:\u001b\\)?|\[\?[\d;]*c?|\[6;\d*(?:;\d*t?|(?![\d;~])))/g;

/** The first part of one at the end of what has come; it may be that of a key as well. */
export const BEGUN = /\u001b(?:_(?:G[^\u0000-\u001f]*\u001b?)?|\[(?:\?[\d;]*|6(?:;[\d;]*)?)?)?$/;

/**
 * Takes the answers out of what comes from a terminal, piece by piece: over a slow line they come when nobody waits for them
 * any more, and their digits and letters would be keys. What may be the first part of one is kept until the next piece, but for an escape
 * alone, which may be the key: it goes on at once, and without it what follows is no key either.
 */
export function withoutAnswers(): (piece: string) => string {
  let begun = '';
  let hasEscapeGone = false;
  return (piece) => {
    const all = begun + piece;
    const end = all.search(BEGUN);
    let keys = (end < 0 ? all : all.slice(0, end)).replace(ANSWER, '');
    if (hasEscapeGone && end !== 0 && all.search(ANSWER) !== 0) keys = keys.slice(1);
    hasEscapeGone &&= end === 0;
    begun = end < 0 ? '' : all.slice(end);
    if (begun !== '\u001b' || hasEscapeGone) return keys;
    hasEscapeGone = true;
    return keys + begun;
  };
}
