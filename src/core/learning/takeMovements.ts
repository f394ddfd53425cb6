import { basename, dirname, join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { SortedTree } from '../ports/sortedTree.ts';
import type { Store } from '../ports/store.ts';
import { Learner } from './learner.ts';
import { categoryAt, meaningOf, type Meaning, type Movement } from './movements.ts';

export interface TakeMovementsParts {
  readonly store: Store;
  readonly tree: SortedTree;
  readonly clock: Pick<Clock, 'now'>;
  /** absolute path of the sorted folder */
  readonly sorted: string;
  /** false: it is noted where the images are, and nothing is learned */
  readonly learns: boolean;
}

/**
 * Takes up what the user has moved within the sorted folder: where the images are now, and what is to be learned from it.
 * Told of the same twice, nothing changes.
 */
export async function takeMovements(
  movements: readonly Movement[],
  { store, tree, clock, sorted, learns }: TakeMovementsParts,
): Promise<Meaning> {
  const folders = new Set(await tree.folders());
  const before = foldersBefore(store.sortedPaths(), sorted);
  const meaning = meaningOf(movements, {
    sorted,
    hasFolder: (category) => folders.has(category),
    hadFolder: (category) => before.has(category),
  });
  if (learns) {
    const learner = new Learner(store.preferences, clock);
    for (const { from, to } of meaning.renames) learner.rename(from, to);
    for (const { image, at, by, to, before: from, category } of meaning.corrections) {
      // of an image that a version before sorted nothing is known, and so nothing to be learned
      const features = store.sortedFeatures(image);
      if (features) learner.correct({ image, at, by, name: basename(to), from, to: category, features });
    }
  }
  for (const { image, from, to } of movements) store.moveSorted(image, from, to);
  return meaning;
}

/** The category folders that there were, by the images in them; one that holds nothing but folders was there as well. */
function foldersBefore(paths: Iterable<string>, sorted: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const folder of new Set([...paths].map(dirname))) {
    const levels = categoryAt(join(folder, 'image'), sorted)?.split('/') ?? [];
    for (const [i] of levels.entries()) found.add(levels.slice(0, i + 1).join('/'));
  }
  return found;
}
