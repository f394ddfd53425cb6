import { basename } from 'node:path';
import { resultOf, type ImageState } from '../model/imageState.ts';
import type { CategorizeResult } from '../model/stageResults.ts';
import type { Store } from '../ports/store.ts';
import { categoryFolder } from '../rules/categoryFolder.ts';
import { featuresOf } from './features.ts';
import { Learner } from './learner.ts';
import { factsOf } from './categoryFactsOf.ts';

/**
 * What the learner looks at, of an image as far as it is known. All general tags, whatever `search.maxGeneralTags` says: the
 * same features are made again when the journal is replayed, perhaps under other settings.
 */
export const learnedFeatures = (state: ImageState): readonly string[] => featuresOf(factsOf(state, 0));

/**
 * What it means that an image was sorted: where its bytes are, what it looked like, how common that is, whether the learner
 * chose, and whether a person corrected it. Doing it twice changes nothing.
 * @param state before the result was noted
 */
export function learnSorting(state: ImageState, result: CategorizeResult, store: Store): void {
  const scan = resultOf(state, 'scan');
  const at = Date.parse(state.operations.at(-1)?.at ?? '');
  if (!scan || Number.isNaN(at)) return;
  const { sha256 } = scan;
  const { path: source, mtimeMs } = state.image;
  const { final, destination, learned, confidence, chosen, suggested } = result;
  const features = learnedFeatures(state);
  // one that was put back is not seen a second time: who tries out rules sorts the same images again and again
  const isNew = !store.wasSorted(sha256);
  store.rememberSorted({ sha256, path: destination, source, at: mtimeMs }, features);
  const learner = new Learner(store.preferences, { now: () => at });
  if (isNew) learner.see(features);
  const isPlaced = store.preferences.placement(sha256)?.at === at;
  if (learned && confidence !== undefined && !isPlaced)
    learner.placed(sha256, features, { category: final, confidence });
  if (chosen) {
    const [from, to] = [categoryFolder(suggested), categoryFolder(final)];
    learner.correct({ image: sha256, at, by: 'review', name: basename(source), from, to, features });
  }
}

/** The sorting was undone: the image is where it was, and what the person said of its category is taken back. */
export function forgetSorting(state: ImageState, { destination, final }: CategorizeResult, store: Store): void {
  const scan = resultOf(state, 'scan');
  if (!scan) return;
  store.forgetSorted(scan.sha256, destination);
  const correction = store.preferences.correction(scan.sha256);
  if (correction?.by !== 'review' || correction.to !== categoryFolder(final)) return;
  new Learner(store.preferences, { now: () => correction.at }).forget(scan.sha256);
}
