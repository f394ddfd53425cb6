import type { PictureSize, ScreenPicture } from '../../core/ports/screenPicture.ts';
import { halfBlockRows, type ColorDepth } from './halfBlocks.ts';
import { itermImage } from './iterm.ts';
import { kittyClear, kittyImage } from './kitty.ts';
import { SIXEL_COLORS, sixelImage } from './sixel.ts';

/** How a terminal can show a picture, the best first. */
export type GraphicsKind = 'kitty' | 'iterm' | 'sixel' | 'blocks' | 'none';

export interface Graphics {
  readonly kind: GraphicsKind;
  /** pixels of one cell of text */
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly depth: ColorDepth;
}

/** A size in cells of text. */
export interface Cells {
  readonly columns: number;
  readonly rows: number;
}

/** The picture to make for a box of cells. */
export function pictureFor({ kind, cellWidth, cellHeight }: Graphics, { columns, rows }: Cells): PictureSize {
  if (kind === 'blocks') return { width: columns, height: rows * 2 };
  const box = { width: columns * cellWidth, height: rows * cellHeight };
  return kind === 'sixel' ? { ...box, colors: SIXEL_COLORS } : box;
}

/** What shows the picture with its upper left corner at the cell (1-based); the cursor ends somewhere. */
export function draw(graphics: Graphics, picture: ScreenPicture, row: number, column: number): string {
  const at = (r: number): string => `\u001b[${r};${column}H`;
  switch (graphics.kind) {
    case 'kitty':
      return at(row) + kittyImage(picture);
    case 'iterm':
      return at(row) + itermImage(picture);
    case 'sixel':
      return at(row) + sixelImage(picture);
    case 'blocks':
      return halfBlockRows(picture, graphics.depth)
        .map((text, i) => at(row + i) + text)
        .join('');
    case 'none':
      return '';
  }
}

/** What takes pictures away that a cleared screen leaves standing. */
export const clearPictures = ({ kind }: Graphics): string => (kind === 'kitty' ? kittyClear : '');
