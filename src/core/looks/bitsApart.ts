/** In how many bits two words of 32 bits differ: Hamming distance, counted in parallel (Warren, Hacker's Delight, 5-1). */
export function bitsApart32(a: number, b: number): number {
  let bits = a ^ b;
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** A perceptual hash of 16 hex digits as two words of 32 bits. */
export function wordsOf(hash: string): readonly [high: number, low: number] {
  return [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8), 16)];
}
