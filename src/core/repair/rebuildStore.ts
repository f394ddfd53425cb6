import { isOpen } from '../journal/fateOf.ts';
import { fold, imageOf } from '../journal/fold.ts';
import { project } from '../journal/project.ts';
import { ImageError } from '../model/failure.ts';
import type { ImageId } from '../model/ids.ts';
import type { ImageState } from '../model/imageState.ts';
import type { Files } from '../ports/files.ts';
import type { JournalFolder } from '../ports/journalFile.ts';
import type { Manifests } from '../ports/manifests.ts';
import type { Store } from '../ports/store.ts';
import { ManifestInvalid, readManifest, type RunManifest } from '../undo/runManifest.ts';
import { salvagedEvents } from './salvagedEvents.ts';

export interface RebuildParts {
  readonly journals: Pick<JournalFolder, 'salvage'>;
  readonly manifests: Pick<Manifests, 'all' | 'read'>;
  readonly files: Pick<Files, 'stat'>;
}

/** What a database was made of. */
export interface Rebuilt {
  readonly journals: number;
  /** manifests that told of something that no journal did */
  readonly manifests: number;
}

/**
 * Fills an empty database from all journals that are kept, and, for the runs whose journals are gone, from the manifests in
 * the sorted folder. Nothing is written to the disk; damaged lines are passed over. A database that knew more than these (looks,
 * posts, imported preferences) has lost it.
 * @throws FatalError `newer-version`, `not-writable`
 */
export async function rebuildStore(store: Store, { journals, manifests, files }: RebuildParts): Promise<Rebuilt> {
  const runs = new Set<string>();
  const all = await journals.salvage();
  for (const journal of all) {
    const open = new Map<ImageId, ImageState>();
    for await (const event of salvagedEvents(journal)) {
      if (event.kind === 'run-started') runs.add(event.runId);
      const id = imageOf(event);
      const before = id && open.get(id);
      project(event, before, store);
      const state = id && fold(before, event);
      if (!id || !state) continue;
      if (isOpen(state)) open.set(id, state);
      else open.delete(id);
    }
  }
  let used = 0;
  for (const path of (await manifests.all()).toReversed()) {
    const manifest = await readable(path, manifests);
    if (!manifest || runs.has(manifest.runId)) continue;
    used++;
    for (const { source, sha256, destination } of manifest.images) {
      if (sha256 === undefined || destination === undefined) continue;
      const at = await timeOf(destination, files);
      // gone: undone since, or moved by the user, or from a folder that is not mounted
      if (at !== undefined) store.rememberSorted({ sha256, path: destination, source, at });
    }
  }
  return { journals: all.length, manifests: used };
}

/** A manifest that is damaged, too long, or none at all tells nothing. */
async function readable(path: string, manifests: RebuildParts['manifests']): Promise<RunManifest | undefined> {
  try {
    const text = await manifests.read(path);
    return text === undefined ? undefined : readManifest(text);
  } catch (error) {
    if (error instanceof ManifestInvalid || error instanceof ImageError) return undefined;
    throw error;
  }
}

/** The file's time; undefined when it is gone. One that can't be looked at may be there, and what has its bytes is a duplicate. */
async function timeOf(path: string, files: RebuildParts['files']): Promise<number | undefined> {
  try {
    return (await files.stat(path))?.mtimeMs;
  } catch (error) {
    if (error instanceof ImageError) return 0;
    throw error;
  }
}
