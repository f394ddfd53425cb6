import { Journal } from '../journal/journal.ts';
import { LastReading } from '../journal/lastReading.ts';
import { ImageError } from '../model/failure.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import { replay } from '../journal/replay.ts';
import type { Clock } from '../ports/clock.ts';
import type { UndoFiles } from '../ports/files.ts';
import type { JournalFolder, RunLocks } from '../ports/journalFile.ts';
import type { Manifests } from '../ports/manifests.ts';
import type { Store } from '../ports/store.ts';
import type { Finding } from './examine.ts';
import { keyOf, planUndo, type UndoPlan, type UndoUnit } from './planUndo.ts';
import { trackFiles } from './trackFiles.ts';
import { ManifestInvalid, readManifest } from './runManifest.ts';
import { Undoer, type UndoReport, type UndoResult } from './undoer.ts';

export interface RunUndoParts {
  readonly files: UndoFiles;
  readonly clock: Clock;
  readonly manifests: Manifests;
  readonly locks: RunLocks;
  /** of the runs */
  readonly journals: JournalFolder;
  /** of the undos */
  readonly undoJournals: JournalFolder;
  readonly openStore: () => Promise<Store>;
}

/**
 * Undoes a run by its manifest, under the lock, and sees to it that no later run goes on with what was undone.
 *
 *   plan -> preview (nothing is touched) -> undo: lock -> files -> journal and database of the runs -> unlock
 */
export class RunUndo {
  private readonly parts: RunUndoParts;
  private readonly undoer: Undoer;

  constructor(parts: RunUndoParts) {
    this.parts = parts;
    const { files, clock, undoJournals } = parts;
    this.undoer = new Undoer({ files, clock, journals: undoJournals });
  }

  /**
   * Absolute path of the last run's manifest; undefined when there was none yet.
   * @throws ManifestInvalid where the last run has sorted images, and has no manifest yet: that of the run before is not what is meant
   */
  async lastManifest(): Promise<string | undefined> {
    const { journals, locks, manifests } = this.parts;
    const reader = await journals.readLatest();
    // a run that is on says so when the lock is wanted
    if (reader && !(await locks.holder())) {
      const digest = await new LastReading().read(reader);
      if (digest.run && !digest.ended && digest.statistics().processed > 0) {
        throw new ManifestInvalid(
          'missing',
          `The last run, of ${digest.run.startedAt}, has no end and no manifest yet: it was cut off, or its review is open. Go on with it (resume), or close the review; or name the manifest of an earlier run.`,
        );
      }
    }
    return manifests.latest();
  }

  /**
   * The manifests of the runs that moved what is selected, the newest first: for each image the last run that has. One that
   * can't be read is passed over.
   * @param selection absolute paths of images (where they were or where they went) or of folders that hold them
   * @throws ImageError when the sorted folder can't be read
   */
  async manifestsOf(selection: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    let left = selection;
    for (const manifest of await this.parts.manifests.all()) {
      if (left.length === 0) break;
      const plan = await this.plan(manifest, left).catch(passOver);
      if (!plan || plan.units.length + plan.refused.length === 0) continue;
      found.push(manifest);
      // what it put here is named by it alone; a folder may hold what other runs have moved
      const moved = new Set([...plan.units.flatMap(({ source, files }) => [source, ...files.map(({ at }) => at)])]);
      left = left.filter((path) => !moved.has(path));
    }
    return found;
  }

  /**
   * @param manifest absolute path
   * @param selection absolute paths of images (where they were or where they went) or of folders that hold them; absent: all
   * @throws ManifestInvalid, ImageError
   */
  async plan(manifest: string, selection?: readonly string[]): Promise<UndoPlan> {
    const text = await this.parts.manifests.read(manifest).catch((error: unknown) => {
      if (!(error instanceof ImageError) || error.reason !== 'not-a-file') throw error;
      throw new ManifestInvalid('not-json', `${manifest} is no file.`, { cause: error });
    });
    if (text === undefined) throw new ManifestInvalid('missing', `${manifest} is not there.`);
    return planUndo(readManifest(text), selection);
  }

  /** What would be done, by what is there now. Nothing is touched. @throws FatalError; the signal's reason */
  preview(plan: UndoPlan, signal: AbortSignal): AsyncIterable<{ readonly source: string; readonly finding: Finding }> {
    return this.undoer.preview(plan, signal);
  }

  /**
   * @param onResult called for each image when it is done
   * @throws LockHeld, FatalError; the signal's reason, what is done until then stays done
   */
  async undo(
    plan: UndoPlan,
    signal: AbortSignal,
    onResult?: (source: string, result: UndoResult) => void,
  ): Promise<UndoReport> {
    const lock = await this.parts.locks.acquire('undo');
    try {
      return await this.undoer.undo(plan, signal, onResult, (units) => this.closeBooks(units));
    } finally {
      await lock.release();
    }
  }

  /** A run that failed at the NAS, or was interrupted, has images left to do: those that are back are none of them. */
  private async closeBooks(units: readonly UndoUnit[]): Promise<void> {
    const store = await this.parts.openStore();
    try {
      await this.settle(new Map(units.map(({ key, files }) => [key, new Set(files.map(({ at }) => at))])), store);
      for (const { at, sha256, isImage } of units.flatMap(({ files }) => files)) {
        if (isImage && sha256 !== undefined) store.forgetSorted(sha256, at);
      }
      await store.checkpoint(store.position);
    } finally {
      store.close();
    }
  }

  private async settle(places: ReadonlyMap<string, ReadonlySet<string>>, store: Store): Promise<void> {
    const file = await this.parts.journals.openLatest();
    if (!file) return;
    const journal = new Journal(file);
    try {
      // the database catches up first: what a killed run did not save must not come to it after this
      const found = await replay(journal, store);
      for (const state of found?.open.values() ?? []) {
        const { image, operations, intent } = state;
        // what a kill has cut off in the middle is finished by the next run, which finds out how far it came
        const there = places.get(keyOfState(state));
        if (intent || operations.length === 0 || !there) continue;
        // a later run may have taken it elsewhere
        if (!trackFiles({ source: image.path, operations: [...operations] }).every(({ at }) => there.has(at))) continue;
        const outcome = { kind: 'skipped', why: 'undone', final: true } as const;
        await journal.append({ kind: 'stage-ended', image: image.id, stage: 'scan', record: { outcome, ms: 0 } });
        const at = new Date(this.parts.clock.now()).toISOString();
        await journal.appendDurably({ kind: 'image-settled', at, image: image.id, fate: 'skipped' });
      }
      await store.checkpoint(journal.position);
    } finally {
      await journal.close();
    }
  }
}

function keyOfState(state: ImageState): string {
  const sha256 = resultOf(state, 'scan')?.sha256;
  return keyOf({ source: state.image.path, ...(sha256 !== undefined && { sha256 }) });
}

function passOver(error: unknown): undefined {
  if (error instanceof ManifestInvalid || error instanceof ImageError) return undefined;
  throw error;
}
