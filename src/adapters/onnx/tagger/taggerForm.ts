/** How a tagger wants its pictures, and gives its answers. */
export interface TaggerForm {
  /** side of the square, pixels; absent: as the model's input says */
  readonly size?: number;
  /** the order of height, width and channels */
  readonly layout: 'NHWC' | 'NCHW';
  readonly channels: 'RGB' | 'BGR';
  readonly normalisation: Normalisation;
  /** what is still to be done to the model's numbers to make them 0 to 1 */
  readonly activation: 'none' | 'sigmoid';
  /** name of the output with the tags' numbers; absent: the one that has a number for each tag */
  readonly output?: string;
}

/** A pixel's value becomes (value / 255 * range - mean) / std. */
export interface Normalisation {
  /** the highest value: 255, or 1 */
  readonly range: number;
  /** for each channel, in the order of `channels` */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * SmilingWolf's WD taggers v3, as their own application and three others feed them: float32 [N, 448, 448, 3], BGR, 0 to 255;
 * the sigmoid is in the model.
 */
export const WD_TAGGER: TaggerForm = {
  layout: 'NHWC',
  channels: 'BGR',
  normalisation: { range: 255, mean: [0, 0, 0], std: [1, 1, 1] },
  activation: 'none',
};
