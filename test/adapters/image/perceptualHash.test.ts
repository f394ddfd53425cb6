import assert from 'node:assert/strict';
import { perceptualHash } from '../../../src/adapters/image/perceptualHash.ts';

/** 32 x 32 brightnesses made of waves: those whose bit is set go up at the left and top, the others down. */
function waves(hash: string): Float64Array {
  const bits = Array.from(BigInt(`0x${hash}`).toString(2).padStart(64, '0'));
  const wave = (frequency: number, x: number): number => Math.cos((Math.PI * frequency * (x + 0.5)) / 32);
  return Float64Array.from({ length: 32 * 32 }, (_, i) =>
    bits.reduce(
      (sum, bit, n) =>
        sum + (bit === '1' ? 1 : -1) * wave(1 + Math.floor(n / 8), Math.floor(i / 32)) * wave(1 + (n % 8), i % 32),
      128,
    ),
  );
}

describe('perceptualHash', () => {
  it('tells which of the 64 lowest frequencies are above the median, row by row', () => {
    for (const hash of ['0123456789abcdef', 'ffffffff00000000', '00000000ffffffff', 'aaaaaaaa55555555']) {
      assert.equal(perceptualHash(waves(hash)), hash);
    }
  });

  it('is the same for a brighter picture of less contrast', () => {
    const faded = waves('0123456789abcdef').map((luma) => 60 + luma / 3);
    assert.equal(perceptualHash(faded), '0123456789abcdef');
  });
});
