/** To four decimals: the models are good for less, and a manifest of thousands of images is to be read. */
export const rounded = (share: number): number => Math.round(share * 10_000) / 10_000;
