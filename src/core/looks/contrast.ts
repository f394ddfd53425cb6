/**
 * How much one cell of a square grid stands out from its up to eight neighbours: the largest difference, 0 to 255.
 * @param first where the grid begins in `pixels`
 * @param cell of the grid, row by row
 */
export function contrastAt(pixels: Uint8Array, first: number, side: number, cell: number): number {
  const row = Math.floor(cell / side);
  const column = cell % side;
  const own = pixels[first + cell] ?? 0;
  let largest = 0;
  for (let y = Math.max(0, row - 1); y <= Math.min(side - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(side - 1, column + 1); x++) {
      largest = Math.max(largest, Math.abs(own - (pixels[first + y * side + x] ?? 0)));
    }
  }
  return largest;
}
