/* eslint no-control-regex: off -- the answers are escape sequences */

/** A terminal's answers to what `detectGraphics` asks: Kitty's, the size of a cell, the device attributes. */
const ANSWER = /\u001b_G[^\u001b]*\u001b\\|\u001b\[6;\d+;\d+t|\u001b\[\?[\d;]*c/g;
/** The first part of one that comes in two; no key begins so. */
const BEGUN = /\u001b(?:_G[^\u001b]*\u001b?|\[6;[\d;]*|\[\?[\d;]*)$/;

/**
 * Takes the answers out of what comes from a terminal, piece by piece: over a slow line they come when nobody waits for them
 * any more, and their digits and letters would be keys.
 */
export function withoutAnswers(): (piece: string) => string {
  let begun = '';
  return (piece) => {
    const rest = (begun + piece).replace(ANSWER, '');
    begun = BEGUN.exec(rest)?.[0] ?? '';
    return rest.slice(0, rest.length - begun.length);
  };
}
