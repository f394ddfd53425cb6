import pLimit from 'p-limit';
import { ImageError } from '../model/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { SortedTree } from '../ports/sortedTree.ts';
import type { SortedFile, Store } from '../ports/store.ts';
import type { Movement } from './movements.ts';

/** Some file systems keep times to two seconds (FAT), and some copies round them. Milliseconds. */
const SAME_TIME = 2000;
/** Files that are looked at together. */
const AT_ONCE = 16;

export interface FindMovedParts {
  readonly store: Pick<Store, 'allSorted'>;
  readonly files: Pick<Files, 'stat' | 'hash'>;
  readonly tree: SortedTree;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Sorted images that the user has moved within the sorted folder behind our back. Only the names of all files are read; a
 * file that we don't know is hashed when one of ours is gone that had its time.
 */
export async function findMoved(
  { store, files, tree, clock }: FindMovedParts,
  signal: AbortSignal,
): Promise<readonly Movement[]> {
  const known = [...store.allSorted()];
  if (known.length === 0) return [];
  const there = new Set<string>();
  for await (const path of tree.images(signal)) there.add(path);
  const gone: SortedFile[] = [];
  for (const file of known) {
    // its name need not be an image's
    if (!there.has(file.path) && !(await files.stat(file.path))) gone.push(file);
  }
  if (gone.length === 0) return [];
  const ours = new Set(known.map(({ path }) => path));
  const limit = pLimit(AT_ONCE);
  const found = await Promise.all(
    [...there]
      .filter((path) => !ours.has(path))
      .map((path) =>
        limit(async (): Promise<readonly Movement[]> => {
          signal.throwIfAborted();
          const facts = await files.stat(path);
          const candidates = gone.filter(({ at }) => facts && Math.abs(facts.mtimeMs - at) <= SAME_TIME);
          if (candidates.length === 0) return [];
          const sha256 = await files.hash(path, signal).catch((error: unknown) => {
            // locked by another program, or gone again
            if (error instanceof ImageError) return undefined;
            throw error;
          });
          const file = candidates.find((candidate) => candidate.sha256 === sha256);
          return file ? [{ image: file.sha256, from: file.path, to: path, at: clock.now(), by: 'found-again' }] : [];
        }),
      ),
  );
  return found.flat();
}
