import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();

/** The text cut to so many columns, with `…` where something is missing. Holds no escape sequences. */
export function fit(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let cut = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return columns > 0 ? `${cut}…` : '';
}

/** The end of the text where it is longer: what is typed last is seen. */
export function fitEnd(text: string, columns: number): string {
  const segments = [...segmenter.segment(text)].map(({ segment }) => segment);
  while (segments.length > 0 && stringWidth(segments.join('')) > columns) segments.shift();
  return segments.join('');
}

/** A piece of text and how it is to look. */
export interface Piece {
  readonly text: string;
  readonly style?: (text: string) => string;
}

/** Pieces flowing over lines of so many columns, separated by two spaces; one that is longer than a line is cut. */
export function flow(pieces: readonly Piece[], columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const { text, style = (plain: string) => plain } of pieces) {
    const shown = fit(text, columns);
    const size = stringWidth(shown);
    if (width > 0 && width + 2 + size > columns) {
      lines.push(line);
      [line, width] = ['', 0];
    }
    line += `${width > 0 ? '  ' : ''}${style(shown)}`;
    width += size + (width > 0 ? 2 : 0);
  }
  if (width > 0) lines.push(line);
  return lines;
}
