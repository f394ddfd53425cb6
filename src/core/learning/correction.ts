import type { ContentHash } from '../model/ids.ts';
import { countExample, type CountChange } from './counts.ts';
import { weightAt } from './weight.ts';

/** How we came to know of it. */
export const CORRECTION_SOURCES = ['review', 'terminal', 'explorer', 'tree', 'watcher', 'found-again'] as const;
export type CorrectionSource = (typeof CORRECTION_SOURCES)[number];

/** A person put an image into another category. There is one for each image: the last word counts. */
export interface Correction {
  readonly image: ContentHash;
  /** when the person did it, or when we found out; milliseconds since 1970 */
  readonly at: number;
  /** last change of this record (the correction itself, switched off, its category renamed); the later one wins a merge */
  readonly revised: number;
  readonly by: CorrectionSource;
  /** of the image file, to show */
  readonly name: string;
  /** category before, absent when it had none */
  readonly from?: string;
  readonly to: string;
  /** of `featuresOf`, as they were then */
  readonly features: readonly string[];
  /** of `lossesOf`, before it was learned; absent when nothing was known of its category */
  readonly losses?: readonly number[];
  /** switched off by the user: kept and listed, but not learned from */
  readonly off?: true;
}

/** What it adds to the counts, or takes away. */
export function countsOf(correction: Correction, sign: 1 | -1): CountChange {
  if (correction.off) return { categories: [], features: [] };
  return countExample(correction.features, correction.to, sign * weightAt(correction.at));
}

/**
 * Which of two records of one image stands. A total order, so that merging gives the same whatever is merged into what, and
 * merging the same thing twice changes nothing.
 */
export function later(a: Correction, b: Correction): Correction {
  if (a.revised !== b.revised) return a.revised > b.revised ? a : b;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return JSON.stringify(sorted(a)) >= JSON.stringify(sorted(b)) ? a : b;
}

/** with its members in one order, so that equal records are equal texts */
const sorted = (correction: Correction): unknown => Object.entries(correction).sort(([a], [b]) => (a < b ? -1 : 1));

/** The category after a folder of categories was renamed: what is below it goes along. Undefined when it is not concerned. */
export function renamed(category: string, from: string, to: string): string | undefined {
  if (category === from) return to;
  return category.startsWith(`${from}/`) ? to + category.slice(from.length) : undefined;
}
