import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/**
 * Colours for what is written to a stream: where it is a terminal that shows them, and NO_COLOR (https://no-color.org) is not set.
 * picocolors looks at stdout and at CI instead, and takes an absent answer for a yes.
 */
export const colorsFor = (stream: { readonly isTTY?: boolean }): Colors =>
  pc.createColors(stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb');
