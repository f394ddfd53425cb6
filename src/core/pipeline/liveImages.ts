import type { ImageState } from '../model/imageState.ts';
import type { ImageId } from '../model/ids.ts';
import type { JournalEvent } from '../journal/events.ts';
import { fold, imageOf } from '../journal/fold.ts';
import type { Journal } from '../journal/journal.ts';
import { project } from '../journal/project.ts';
import type { Store } from '../ports/store.ts';

/** The images of a run that are under way or parked, each as the journal tells it. */
export class LiveImages {
  private readonly journal: Journal;
  private readonly store: Store;
  private readonly states = new Map<ImageId, ImageState>();

  constructor(journal: Journal, store: Store) {
    this.journal = journal;
    this.store = store;
  }

  has(id: ImageId): boolean {
    return this.states.has(id);
  }

  get(id: ImageId): ImageState | undefined {
    return this.states.get(id);
  }

  /** @throws Error when it is none of them */
  of(id: ImageId): ImageState {
    const state = this.states.get(id);
    if (!state) throw new Error(`no state for image ${id}`);
    return state;
  }

  put(state: ImageState): void {
    this.states.set(state.image.id, state);
  }

  drop(id: ImageId): void {
    this.states.delete(id);
  }

  /**
   * The one place where something becomes true. The database learns it first: a checkpoint that comes in between may hold
   * what the journal does not yet say, which is harmless, but never the other way round.
   */
  async write(event: JournalEvent, durably = false): Promise<void> {
    const id = event.kind === 'image-passed' ? undefined : imageOf(event);
    project(event, id && this.states.get(id), this.store);
    await (durably ? this.journal.appendDurably(event) : this.journal.append(event));
    if (id === undefined) return;
    const after = fold(this.states.get(id), event);
    if (after) this.states.set(id, after);
  }

  /** Resolves when all that was written is on the disk. */
  synced(): Promise<void> {
    return this.journal.synced();
  }
}
