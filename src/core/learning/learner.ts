import type { ContentHash } from '../model/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { PreferenceChange, PreferenceStore } from '../ports/preferenceStore.ts';
import { countsOf, later, renamed, type Correction } from './correction.ts';
import { BACKGROUND, countExample, Counts } from './counts.ts';
import { predict, type Prediction } from './predict.ts';
import { scoresOf } from './score.ts';
import { addLosses, lossesOf } from './temper.ts';
import { weightAt } from './weight.ts';

/** What the user did, as it is told to the learner. */
export type NewCorrection = Omit<Correction, 'revised' | 'losses' | 'off'>;

/** Nobody objected to a placement: a quarter of a correction's say in how sure the learner may be, and none in the counts. */
const SILENT_CONSENT = 4;

/**
 * Learns where the user puts images, from the user alone: what it suggested itself is never an example.
 *
 *   correct -> the record of the image (one each) -> counts by feature and category -> predict
 *   see     -> counts of how common a feature is at all
 *   placed  -> how often it is right, and so how sure it may be
 */
export class Learner {
  private readonly store: PreferenceStore;
  private readonly clock: Pick<Clock, 'now'>;

  constructor(store: PreferenceStore, clock: Pick<Clock, 'now'>) {
    this.store = store;
    this.clock = clock;
  }

  /** @param allowed the categories that the user has: those of the rules and the folders that are there */
  predict(features: readonly string[], allowed: ReadonlySet<string>): Prediction | undefined {
    return predict(this.store, features, { allowed, now: this.clock.now(), losses: this.store.losses() });
  }

  /** An image goes through the sorting for the first time. */
  see(features: readonly string[]): void {
    this.store.change({ counts: countExample(features, BACKGROUND, weightAt(this.clock.now())) });
  }

  /** An image was sorted by what was learned. */
  placed(
    image: ContentHash,
    features: readonly string[],
    { category, confidence }: Pick<Prediction, 'category' | 'confidence'>,
  ): void {
    const before = this.store.placement(image);
    const losses = (this.judge(features, category) ?? []).map((loss) => Math.round(loss / SILENT_CONSENT));
    this.store.change({
      placement: { image, at: this.clock.now(), category, confidence, losses, wrong: false },
      losses: addLosses(losses, before && !before.wrong ? before.losses : [], -1),
    });
  }

  /** The user put an image elsewhere; told of the same once more, or of an older word, nothing changes. */
  correct(given: NewCorrection): void {
    const before = this.store.correction(given.image);
    if (before && (before.at >= given.at || before.to === given.to)) return;
    if (before) this.swap(before, undefined);
    const losses = this.judge(given.features, given.to);
    this.swap(undefined, { ...given, revised: given.at, ...(losses && { losses }) });
    const placement = this.store.placement(given.image);
    const wrong = placement?.category !== given.to;
    // also one that was moved away and back
    if (placement && placement.wrong !== wrong) {
      const losses = addLosses([], placement.losses, wrong ? -1 : 1);
      this.store.change({ placement: { ...placement, wrong }, losses });
    }
  }

  /** Takes a correction out of what is learned, or back in. */
  switchCorrection(image: ContentHash, on: boolean): void {
    const before = this.store.correction(image);
    if (!before || (before.off === undefined) === on) return;
    const { off: _, ...rest } = before;
    this.swap(before, { ...rest, revised: this.clock.now(), ...(!on && { off: true }) });
  }

  /** As if it had never been. */
  forget(image: ContentHash): void {
    const before = this.store.correction(image);
    if (before) this.swap(before, undefined);
  }

  /** The user renamed a category folder: what was learned for it, and for what is below it, goes along. */
  rename(from: string, to: string): void {
    const revised = this.clock.now();
    const pairs: [Correction, Correction][] = [];
    for (const correction of this.store.corrections()) {
      const category = renamed(correction.to, from, to);
      if (category !== undefined) pairs.push([correction, { ...correction, to: category, revised }]);
    }
    this.store.change(sumOf(pairs));
  }

  /** Adds corrections of another place; for an image that both know, the later word counts. Doing it twice changes nothing. */
  merge(corrections: Iterable<Correction>): void {
    const pairs = lastWords(corrections).map((given) => {
      const before = this.store.correction(given.image);
      return [before, before ? later(before, given) : given] as const;
    });
    this.store.change(sumOf(pairs.filter(([before, after]) => before !== after)));
  }

  /** Forgets everything and learns these, as one change. */
  replace(corrections: Iterable<Correction>): void {
    const pairs = lastWords(corrections).map((given) => [undefined, given] as const);
    this.store.change({ clear: true, ...sumOf(pairs) });
  }

  reset(): void {
    this.store.change({ clear: true });
  }

  private swap(before: Correction | undefined, after: Correction | undefined): void {
    this.store.change(sumOf([[before, after]]));
  }

  private judge(features: readonly string[], category: string): readonly number[] | undefined {
    // against all that is known, whether the user has it at this moment or not: a choice made the category there
    const allowed = new Set(this.store.categories().map((c) => c.category));
    return lossesOf(scoresOf(this.store, features, allowed, weightAt(this.clock.now())), category);
  }
}

/** One correction an image. */
function lastWords(corrections: Iterable<Correction>): readonly Correction[] {
  const winners = new Map<ContentHash, Correction>();
  for (const correction of corrections) {
    const rival = winners.get(correction.image);
    winners.set(correction.image, rival ? later(rival, correction) : correction);
  }
  return [...winners.values()];
}

/** The one change that puts each second record in the place of the first. */
function sumOf(
  pairs: Iterable<readonly [before: Correction | undefined, after: Correction | undefined]>,
): PreferenceChange {
  const sum = new Counts();
  let losses: readonly number[] = [];
  const put: Correction[] = [];
  const forget: ContentHash[] = [];
  for (const [before, after] of pairs) {
    if (before) sum.add(countsOf(before, -1));
    if (before && !before.off) losses = addLosses(losses, before.losses ?? [], -1);
    if (after) sum.add(countsOf(after, 1));
    if (after && !after.off) losses = addLosses(losses, after.losses ?? []);
    if (after) put.push(after);
    else if (before) forget.push(before.image);
  }
  return { put, forget, counts: sum.all(), losses };
}
