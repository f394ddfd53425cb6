import sharp from 'sharp';

const side = 32;
const kept = 8;

/** cosines[u][x] of the one-dimensional DCT-II over `side` samples, for the `kept` lowest frequencies. */
const cosines = Array.from({ length: kept }, (_, u) =>
  Float64Array.from({ length: side }, (_, x) => Math.cos(((2 * x + 1) * u * Math.PI) / (2 * side))),
);

/**
 * A perceptual hash of 64 bits, as 16 hex digits: the picture is reduced to 32 x 32 grey values, and each bit says
 * whether one of the 8 x 8 lowest DCT frequencies is above their median (the "pHash" of phash.org). It survives
 * re-encoding and scaling, which is all that a stand-in needs; the real services compare wavelets.
 *
 * Of an animation it takes the first frame. Rejects with sharp's error when the bytes are no whole picture.
 */
export async function pictureHash(picture: Buffer | string): Promise<string> {
  const pixels = await sharp(picture, { failOn: 'error', pages: 1 })
    .autoOrient()
    .flatten({ background: '#fff' })
    .resize(side, side, { fit: 'fill', fastShrinkOnLoad: false })
    .greyscale()
    .raw()
    .toBuffer();
  const frequencies: number[] = [];
  for (const vertical of cosines) {
    const rowOf = Float64Array.from({ length: side }, (_, x) =>
      vertical.reduce((sum, cosine, y) => sum + cosine * (pixels[y * side + x] ?? 0), 0),
    );
    for (const horizontal of cosines) {
      frequencies.push(horizontal.reduce((sum, cosine, x) => sum + cosine * (rowOf[x] ?? 0), 0));
    }
  }
  const median = frequencies.toSorted((a, b) => a - b)[frequencies.length / 2] ?? 0;
  const bits = frequencies.map((value) => (value > median ? '1' : '0')).join('');
  return BigInt(`0b${bits}`).toString(16).padStart(16, '0');
}

/**
 * How alike two hashes are, 0 to 100, from the number of differing bits: up to 8 of the 64 (what scaling and heavy
 * re-encoding do; measured on the samples) stay above 90, unrelated pictures (20 and more) fall below 35, and the
 * straight tail keeps them apart from each other, as the services' weak results are.
 */
export function similarity(a: string, b: string): number {
  let differing = 0;
  for (let bits = BigInt(`0x${a}`) ^ BigInt(`0x${b}`); bits > 0n; bits &= bits - 1n) differing++;
  return Math.max(100 - differing ** 3 / 70, 48 - 0.8 * differing, 0);
}
