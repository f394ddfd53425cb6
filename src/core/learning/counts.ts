/** So much more (or, negative, less) weight of that feature in that category. */
export interface FeatureWeight {
  readonly feature: string;
  /** `BACKGROUND` for what was merely seen */
  readonly category: string;
  /** whole number, see weight.ts */
  readonly weight: number;
}

export interface CategoryWeight {
  /** `BACKGROUND` for what was merely seen */
  readonly category: string;
  readonly weight: number;
  /** images, each counted as one whatever its age */
  readonly images: number;
}

/** Every image that is sorted counts here, whoever chose: how common a feature is, not where it belongs. */
export const BACKGROUND = '';

/** What changes when one image is learned, seen, or (with all signs turned) forgotten. */
export interface CountChange {
  readonly categories: readonly CategoryWeight[];
  readonly features: readonly FeatureWeight[];
}

/** The counts as `predict` reads them: only what concerns the features of one image. */
export interface CountsReader {
  /** in any order */
  categories(): readonly CategoryWeight[];
  /** rows of all categories for these features, the background's too; in any order */
  weights(features: readonly string[]): readonly FeatureWeight[];
}

/** The change that one example makes. @param weight `weightAt` its time, negative to take the example back */
export function countExample(features: readonly string[], category: string, weight: number): CountChange {
  return {
    categories: [{ category, weight, images: Math.sign(weight) }],
    features: features.map((feature) => ({ feature, category, weight })),
  };
}

/**
 * Counts in memory, or a sum of changes to be applied as one. All numbers are whole, so that the order in which things are
 * learned, forgotten and merged makes no difference. What reaches zero is gone: equal knowledge is equal data.
 */
export class Counts implements CountsReader {
  private readonly totals = new Map<string, CategoryWeight>();
  private readonly byFeature = new Map<string, Map<string, number>>();

  add({ categories, features }: CountChange): void {
    for (const { category, weight, images } of categories) {
      const now = this.totals.get(category);
      const sum = { category, weight: (now?.weight ?? 0) + weight, images: (now?.images ?? 0) + images };
      if (sum.weight === 0 && sum.images === 0) this.totals.delete(category);
      else this.totals.set(category, sum);
    }
    for (const { feature, category, weight } of features) {
      const row = this.byFeature.get(feature) ?? new Map<string, number>();
      const sum = (row.get(category) ?? 0) + weight;
      if (sum === 0) row.delete(category);
      else row.set(category, sum);
      if (row.size === 0) this.byFeature.delete(feature);
      else this.byFeature.set(feature, row);
    }
  }

  categories(): readonly CategoryWeight[] {
    return [...this.totals.values()];
  }

  weights(features: readonly string[]): readonly FeatureWeight[] {
    return features.flatMap((feature) =>
      [...(this.byFeature.get(feature) ?? [])].map(([category, weight]) => ({ feature, category, weight })),
    );
  }

  /** everything, to be added to other counts */
  all(): CountChange {
    return { categories: this.categories(), features: this.weights([...this.byFeature.keys()]) };
  }
}
