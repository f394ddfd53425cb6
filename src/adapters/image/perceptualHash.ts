const SIDE = 32;
const KEPT = 8;

/** Of the one-dimensional DCT-II over SIDE samples, for the frequencies 1 to KEPT. */
const COSINES = Array.from({ length: KEPT }, (_, i) =>
  Float64Array.from({ length: SIDE }, (_, x) => Math.cos(((2 * x + 1) * (i + 1) * Math.PI) / (2 * SIDE))),
);

/**
 * The perceptual hash "pHash" of 64 bits, as 16 hex digits: of the two-dimensional DCT of the picture reduced to 32 x 32 the
 * 8 x 8 lowest frequencies without those of no change along an axis, each of which is or is not above their median.
 * C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, 3.2.1, as in `ph_dct_imagehash` of
 * phash.org's library; hashes of other programs differ by how they reduce the picture.
 *
 * @param luma brightness of 32 x 32 cells, row by row
 */
export function perceptualHash(luma: Float64Array): string {
  const frequencies: number[] = [];
  const row = new Float64Array(SIDE);
  for (const vertical of COSINES) {
    for (let x = 0; x < SIDE; x++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += (vertical[y] ?? 0) * (luma[y * SIDE + x] ?? 0);
      row[x] = sum;
    }
    for (const horizontal of COSINES) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += (horizontal[x] ?? 0) * (row[x] ?? 0);
      frequencies.push(sum);
    }
  }
  const sorted = frequencies.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  const bits = frequencies.map((frequency) => (frequency > median ? '1' : '0')).join('');
  return BigInt(`0b${bits}`).toString(16).padStart(16, '0');
}
