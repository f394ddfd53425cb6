import type { RunLock, RunLocks } from '../ports/journalFile.ts';
import { SettingsError } from '../settings/resolveSettings.ts';
import type { Mirror } from './mirror.ts';
import type { SyncOrder, SyncSummary } from './syncOrder.ts';

export interface LibrarySyncParts {
  readonly locks: RunLocks;
  /** undefined when no NAS is set. @throws SettingsError */
  readonly openMirror: () => Mirror | undefined;
  /** absolute path of the sorted folder */
  readonly sorted: string;
  /** the setting `sync.delete` */
  readonly deletes: boolean;
}

/** What a person decides about a sync of everything. */
export type SyncRequest = Pick<SyncOrder, 'dryRun' | 'confirm' | 'on'>;

/** Stage 7 alone, for the whole sorted folder: with what earlier runs could not bring, and what was changed by hand since. */
export class LibrarySync {
  private readonly parts: LibrarySyncParts;

  constructor(parts: LibrarySyncParts) {
    this.parts = parts;
  }

  /** @throws SettingsError when no NAS is set, LockHeld, FatalError; the signal's reason */
  async run(request: SyncRequest, signal: AbortSignal): Promise<SyncSummary> {
    const { locks, openMirror, sorted, deletes } = this.parts;
    const mirror = openMirror();
    if (!mirror) throw new SettingsError('There is no NAS to sync to: set imageInbox.directories.nas.');
    let lock: RunLock | undefined;
    try {
      // a run that sorts meanwhile would show it files that are about to move
      lock = await locks.acquire('sync');
      const summary = await mirror.everything({ ...request, root: sorted, delete: deletes }, signal);
      const announcement = request.dryRun ? undefined : await mirror.announce(signal);
      if (announcement) request.on({ kind: 'announced', announcement });
      return summary;
    } finally {
      await mirror.close().finally(() => lock?.release());
    }
  }
}
