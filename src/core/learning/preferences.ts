import { join, relative } from 'node:path';
import type { ContentHash } from '../model/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { RunLocks } from '../ports/journalFile.ts';
import type { SortedTree } from '../ports/sortedTree.ts';
import type { SortedFile, Store } from '../ports/store.ts';
import { isInside } from '../settings/folders.ts';
import type { CorrectionSource } from './correction.ts';
import { Learner } from './learner.ts';
import type { Meaning, Movement } from './movements.ts';
import { preferencesText, readPreferences } from './preferencesFile.ts';
import { learnedOf, preferenceStats, type LearnedOf, type PreferenceStats } from './preferenceStats.ts';
import { takeMovements } from './takeMovements.ts';

/** A file or folder that the user has moved. Absolute paths. */
export interface UserMove {
  readonly from: string;
  readonly to: string;
  /** milliseconds since 1970 */
  readonly at: number;
  readonly by: CorrectionSource;
}

export interface PreferencesParts {
  readonly openStore: () => Promise<Store>;
  readonly locks: RunLocks;
  readonly files: Files;
  readonly tree: SortedTree;
  readonly clock: Clock;
  /** absolute path of the sorted folder */
  readonly sorted: string;
  /** the setting `learning.enabled` */
  readonly learns: boolean;
}

/**
 * What was learned, between runs. Looking needs no lock, since the database is replaced as a whole; a change takes it and is
 * on the disk when the promise resolves.
 * @throws LockHeld from every change, FatalError from everything
 */
export class Preferences {
  private readonly parts: PreferencesParts;

  constructor(parts: PreferencesParts) {
    this.parts = parts;
  }

  /** @param latest how many corrections to list */
  stats(latest: number): Promise<PreferenceStats> {
    return this.look((store) => preferenceStats(store.preferences, latest));
  }

  /** What was learned of one category. @param limit how many corrections to list */
  ofCategory(category: string, limit: number): Promise<LearnedOf> {
    return this.look((store) => learnedOf(store.preferences, category, limit, this.parts.clock.now()));
  }

  /** All corrections as the text of a file (schema: media/preferences.schema.json). */
  export(): Promise<string> {
    const at = new Date(this.parts.clock.now());
    return this.look((store) => [...preferencesText(store.preferences.corrections(), at)].join(''));
  }

  /**
   * @param text of an exported file
   * @returns how many corrections it holds
   * @throws PreferencesInvalid
   */
  import(text: string, how: 'merge' | 'replace'): Promise<number> {
    const corrections = readPreferences(text);
    return this.change((learner) => {
      learner[how](corrections);
      return corrections.length;
    });
  }

  /** Forgets all corrections. */
  reset(): Promise<void> {
    return this.change((learner) => learner.reset());
  }

  /** Takes corrections out of what is learned, or back in. */
  switchCorrections(images: ReadonlyMap<ContentHash, boolean>): Promise<void> {
    return this.change((learner) => {
      for (const [image, on] of images) learner.switchCorrection(image, on);
    });
  }

  /** Learns from what the user has moved just now; what is not ours, or no longer there, is passed over. */
  learnFrom(moves: readonly UserMove[]): Promise<Meaning> {
    const { files, tree, clock, sorted, learns } = this.parts;
    return this.change(async (_, store) => {
      const movements: Movement[] = [];
      for (const movement of imagesMoved(moves, store)) {
        if (await files.stat(movement.to)) movements.push(movement);
      }
      return takeMovements(movements, { store, tree, clock, sorted, learns });
    });
  }

  private async look<T>(read: (store: Store) => T): Promise<T> {
    const store = await this.parts.openStore();
    try {
      return read(store);
    } finally {
      store.close();
    }
  }

  private async change<T>(make: (learner: Learner, store: Store) => Promise<T> | T): Promise<T> {
    const lock = await this.parts.locks.acquire('preferences');
    try {
      const store = await this.parts.openStore();
      try {
        const made = await make(new Learner(store.preferences, this.parts.clock), store);
        // what a killed run did not save stays to be made up for by the next one: the position is the old one
        await store.checkpoint(store.position);
        return made;
      } finally {
        store.close();
      }
    } finally {
      await lock.release();
    }
  }
}

/** The sorted images that were moved, alone or with the folder that they are in, one after the other. */
function imagesMoved(moves: readonly UserMove[], store: Store): readonly Movement[] {
  const all: { readonly file: SortedFile; now: string; folded: string; last?: UserMove }[] = [];
  for (const file of store.allSorted()) all.push({ file, now: file.path, folded: file.path.toLowerCase() });
  for (const move of moves) {
    // a hundred files moved among 20,000 are two million pairs: to see that one has nothing to do with the other must cost little
    const start = move.from.toLowerCase();
    for (const one of all) {
      if (!one.folded.startsWith(start) || !isInside(one.now, move.from)) continue;
      one.now = join(move.to, relative(move.from, one.now));
      one.folded = one.now.toLowerCase();
      one.last = move;
    }
  }
  return all.flatMap(({ file, now, last }) =>
    last && file.path !== now ? [{ image: file.sha256, from: file.path, to: now, at: last.at, by: last.by }] : [],
  );
}
