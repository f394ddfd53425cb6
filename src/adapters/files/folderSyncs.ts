import { syncFolder } from './syncToDisk.ts';

/**
 * fsyncs of folders in which much is renamed at the same time: one serves all who have asked for it before it began. Each
 * costs the file system milliseconds, and three calls.
 */
export class FolderSyncs {
  private readonly syncOne: (path: string) => Promise<void>;
  private readonly running = new Map<string, Promise<void>>();
  private readonly next = new Map<string, Promise<void>>();

  /** @param syncOne flushes the folder of this absolute path */
  constructor(syncOne = syncFolder) {
    this.syncOne = syncOne;
  }

  /** Resolves when all that was renamed in the folder before the call survives a power cut. Rejects as the flush does. */
  sync(path: string): Promise<void> {
    const running = this.running.get(path);
    if (!running) return this.begin(path);
    // the one under way may have begun before the caller's rename
    const known = this.next.get(path);
    if (known) return known;
    const after = running
      .catch(() => undefined)
      .then(() => {
        this.next.delete(path);
        return this.begin(path);
      });
    this.next.set(path, after);
    return after;
  }

  private begin(path: string): Promise<void> {
    const syncing = this.syncOne(path).finally(() => this.running.delete(path));
    this.running.set(path, syncing);
    return syncing;
  }
}
