import type { TaggerForm } from './taggerForm.ts';

/**
 * A picture as the tagger's input wants it.
 * @param pixels RGB, 8 bits, rows of `side` x `side`
 */
export function taggerInput(pixels: Uint8Array, side: number, form: TaggerForm): Float32Array<ArrayBuffer> {
  const { layout, channels, normalisation } = form;
  const count = side * side;
  const values = new Float32Array(3 * count);
  for (let channel = 0; channel < 3; channel++) {
    const from = channels === 'RGB' ? channel : 2 - channel;
    const table = valueTable(normalisation, channel);
    const start = layout === 'NHWC' ? channel : channel * count;
    const step = layout === 'NHWC' ? 3 : 1;
    for (let i = 0; i < count; i++) values[start + i * step] = table[pixels[3 * i + from] ?? 0] ?? 0;
  }
  return values;
}

/** The dimensions of one picture, or of several. */
export const taggerDims = (pictures: number, side: number, { layout }: TaggerForm): readonly number[] =>
  layout === 'NHWC' ? [pictures, side, side, 3] : [pictures, 3, side, side];

/** 256 values are worked out once instead of 200,000 times. */
function valueTable({ range, mean, std }: TaggerForm['normalisation'], channel: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, v) => ((v / 255) * range - (mean[channel] ?? 0)) / (std[channel] ?? 1));
}
