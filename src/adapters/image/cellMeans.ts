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
  values: Uint8Array | Float64Array,
  from: Layout & { readonly lines: number; readonly length: number },
  side: number,
  to: Layout,
): Float64Array {
  const result = new Float64Array(from.lines * side * 3);
  const span = from.length / side;
  for (let cell = 0; cell < side; cell++) {
    const start = cell * span;
    const end = start + span;
    const first = Math.floor(start);
    const last = Math.min(from.length, Math.ceil(end)) - 1;
    const ofFirst = Math.min(first + 1, end) - start;
    const ofLast = first === last ? 0 : end - last;
    for (let line = 0; line < from.lines; line++) {
      let pixel = line * from.line + first * from.step;
      const lastPixel = line * from.line + last * from.step;
      let red = ofFirst * (values[pixel] ?? 0) + ofLast * (values[lastPixel] ?? 0);
      let green = ofFirst * (values[pixel + 1] ?? 0) + ofLast * (values[lastPixel + 1] ?? 0);
      let blue = ofFirst * (values[pixel + 2] ?? 0) + ofLast * (values[lastPixel + 2] ?? 0);
      // this runs over every pixel of every picture: no more is done for one than must be
      for (pixel += from.step; pixel < lastPixel; pixel += from.step) {
        red += values[pixel] ?? 0;
        green += values[pixel + 1] ?? 0;
        blue += values[pixel + 2] ?? 0;
      }
      const at = line * to.line + cell * to.step;
      result[at] = red / span;
      result[at + 1] = green / span;
      result[at + 2] = blue / span;
    }
  }
  return result;
}

/** The means of a grid of half as many cells a side, from those of one with an even number: each of four. */
export function halved(cells: Float64Array, side: number): Float64Array {
  const result = new Float64Array(cells.length / 4);
  for (let i = 0; i < result.length; i++) {
    const cell = Math.floor(i / 3);
    const first = 3 * (2 * Math.floor(cell / (side / 2)) * side + 2 * (cell % (side / 2))) + (i % 3);
    const below = first + 3 * side;
    result[i] = ((cells[first] ?? 0) + (cells[first + 3] ?? 0) + (cells[below] ?? 0) + (cells[below + 3] ?? 0)) / 4;
  }
  return result;
}
