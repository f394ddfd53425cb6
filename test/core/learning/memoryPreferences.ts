import type { Correction } from '../../../src/core/learning/correction.ts';
import { BACKGROUND, countExample, Counts } from '../../../src/core/learning/counts.ts';
import { addLosses } from '../../../src/core/learning/temper.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { Placement, PreferenceChange, PreferenceStore } from '../../../src/core/ports/preferenceStore.ts';

/** Preferences in memory: what the store promises, in the simplest way. */
export class MemoryPreferences implements PreferenceStore {
  private counts = new Counts();
  private sums: readonly number[] = [];
  private readonly records = new Map<ContentHash, Correction>();
  private readonly placed = new Map<ContentHash, Placement>();

  categories = () => this.counts.categories();
  weights = (features: readonly string[]) => this.counts.weights(features);
  seen = () =>
    this.counts
      .all()
      .features.filter(({ category }) => category === BACKGROUND)
      .sort((a, b) => b.weight - a.weight || (a.feature < b.feature ? -1 : 1))
      .map(({ feature }) => feature);
  losses = () => this.sums;
  correction = (image: ContentHash) => this.records.get(image);
  corrections = () => [...this.records.values()].sort((a, b) => b.at - a.at);
  placement = (image: ContentHash) => this.placed.get(image);
  placements = (limit: number) => [...this.placed.values()].sort((a, b) => b.at - a.at).slice(0, limit);

  change({ clear, put = [], forget = [], placement, counts, losses }: PreferenceChange): void {
    if (clear) this.clear();
    for (const correction of put) this.records.set(correction.image, correction);
    for (const image of forget) this.records.delete(image);
    if (placement) this.placed.set(placement.image, placement);
    if (counts) this.counts.add(counts);
    if (losses) this.sums = addLosses(this.sums, losses);
  }

  private clear(): void {
    const background = this.counts.all();
    this.counts = new Counts();
    this.counts.add({
      categories: background.categories.filter(({ category }) => category === BACKGROUND),
      features: background.features.filter(({ category }) => category === BACKGROUND),
    });
    this.sums = [];
    this.records.clear();
    this.placed.clear();
  }

  /** everything that is counted, in one order */
  snapshot(): unknown {
    const { categories, features } = this.counts.all();
    const rows = [...categories, ...features].map((row) => JSON.stringify(row)).sort();
    return { rows, losses: this.sums.map((n) => n || 0) };
  }

  /** what the counts must be, by the records alone */
  static recounted(records: Iterable<Correction>, weightAt: (at: number) => number): unknown {
    const fresh = new MemoryPreferences();
    for (const r of records) {
      if (r.off) continue;
      fresh.change({ counts: countExample(r.features, r.to, weightAt(r.at)), losses: r.losses ?? [] });
    }
    return fresh.snapshot();
  }
}
