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
  readonly store: Pick<Store, 'allSorted' | 'sortedPaths'>;
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
  const unseen = new Set(store.sortedPaths());
  if (unseen.size === 0) return [];
  const unknown: string[] = [];
  for await (const path of tree.images(signal)) if (!unseen.delete(path)) unknown.push(path);
  for (const path of unseen) {
    // all of them where a disk is away
    signal.throwIfAborted();
    // its name need not be an image's
    if (await files.stat(path)) unseen.delete(path);
  }
  if (unseen.size === 0) return [];
  const gone = new ByTime();
  for (const file of store.allSorted()) if (unseen.has(file.path)) gone.add(file);
  const limit = pLimit(AT_ONCE);
  const found = await Promise.all(
    unknown.map((path) =>
      limit(async (): Promise<readonly Movement[]> => {
        signal.throwIfAborted();
        const facts = await files.stat(path);
        const candidates = facts ? gone.near(facts.mtimeMs) : [];
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

/** Files by their time: a renamed category is thousands that are gone and thousands that are new. */
class ByTime {
  private readonly slots = new Map<number, SortedFile[]>();

  add(file: SortedFile): void {
    const slot = Math.floor(file.at / SAME_TIME);
    const files = this.slots.get(slot);
    if (files) files.push(file);
    else this.slots.set(slot, [file]);
  }

  /** Those of about this time. */
  near(time: number): readonly SortedFile[] {
    const slot = Math.floor(time / SAME_TIME);
    const around = [slot - 1, slot, slot + 1].flatMap((one) => this.slots.get(one) ?? []);
    return around.filter(({ at }) => Math.abs(time - at) <= SAME_TIME);
  }
}
