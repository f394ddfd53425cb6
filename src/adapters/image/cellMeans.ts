/**
 * The mean colour of each cell of a `side` x `side` grid over a picture, row by row, each cell R, G, B. Pixels on the border of
 * two cells count for both in part. That exactness is the point: libvips' own reduction to so few pixels starts from whole
 * pixels of a picture shrunk before, which moves everything by up to a third of a cell, and not by the same in each copy.
 *
 * @param pixels RGB with 8 bits, row by row, `width` x `height`
 */
export function cellMeans(pixels: Uint8Array, width: number, height: number, side: number): Float64Array {
  const strips = means(pixels, { lines: height, line: width * 3, length: width, step: 3 }, side, {
    line: side * 3,
    step: 3,
  });
  return means(strips, { lines: side, line: 3, length: height, step: side * 3 }, side, { line: 3, step: side * 3 });
}

/** How rows, or columns, of RGB lie in an array: how far it is from one to the next, and in one from pixel to pixel. */
interface Layout {
  readonly line: number;
  readonly step: number;
}

/** Makes `side` means of the `length` pixels of each line. */
function means(
  values: ArrayLike<number>,
  from: Layout & { readonly lines: number; readonly length: number },
  side: number,
  to: Layout,
): Float64Array {
  const result = new Float64Array(from.lines * side * 3);
  const span = from.length / side;
  for (let line = 0; line < from.lines; line++) {
    for (let cell = 0; cell < side; cell++) {
      const start = cell * span;
      const end = start + span;
      const at = line * to.line + cell * to.step;
      for (let i = Math.floor(start); i < Math.min(from.length, Math.ceil(end)); i++) {
        const share = (Math.min(i + 1, end) - Math.max(i, start)) / span;
        const pixel = line * from.line + i * from.step;
        for (let c = 0; c < 3; c++) result[at + c] = (result[at + c] ?? 0) + share * (values[pixel + c] ?? 0);
      }
    }
  }
  return result;
}
