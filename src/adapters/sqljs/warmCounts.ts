import { Counts, type FeatureWeight } from '../../core/learning/counts.ts';

/** Features, and rows of theirs, together: about 10 MB. A collection's common tags fit in many times over; of the rest most come once. */
const MOST = 100_000;

/**
 * The counts of the features that were asked for lately, in memory: the next image has most of its tags in common with those
 * before it, and reading its hundreds of rows again would take most of a suggestion's time.
 */
export class WarmCounts {
  private readonly read: (features: readonly string[]) => readonly FeatureWeight[];
  private counts = new Counts();
  private readonly known = new Set<string>();
  private size = 0;

  /** @param read rows of all categories for these features, from the database */
  constructor(read: (features: readonly string[]) => readonly FeatureWeight[]) {
    this.read = read;
  }

  /** As `CountsReader` has it. */
  weights(features: readonly string[]): readonly FeatureWeight[] {
    if (this.size > MOST) this.clear();
    const missing = features.filter((feature) => !this.known.has(feature));
    if (missing.length > 0) {
      const rows = this.read(missing);
      this.counts.add({ categories: [], features: rows });
      // a feature of which nothing is known yet is remembered, too
      this.size += missing.length + rows.length;
      for (const feature of missing) this.known.add(feature);
    }
    return this.counts.weights(features);
  }

  /** These were added to the database, too. */
  add(weights: readonly FeatureWeight[]): void {
    this.counts.add({ categories: [], features: weights.filter(({ feature }) => this.known.has(feature)) });
  }

  /** The database was changed in another way. */
  clear(): void {
    this.counts = new Counts();
    this.known.clear();
    this.size = 0;
  }
}
