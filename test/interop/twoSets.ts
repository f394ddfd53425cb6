/** The tags that `writesForever.ts` writes in turn. */
export const ONE_SET = Array.from({ length: 25 }, (_, index) => `one ${index}`);
export const OTHER_SET = Array.from({ length: 60 }, (_, index) => `other ${index}`);
