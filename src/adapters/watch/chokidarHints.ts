import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { watch, type FSWatcher } from 'chokidar';
import type { FolderHints } from '../../core/ports/folderHints.ts';
import type { Log } from '../../core/ports/log.ts';
import { isInside } from '../../core/settings/folders.ts';

/** Changes as the system reports them. */
export class ChokidarHints implements FolderHints {
  private readonly exclude: readonly string[];
  private readonly log: Log;
  private watcher: FSWatcher | undefined;
  private heard = new AbortController();

  /** @param exclude absolute paths of folders that are not listened to */
  constructor(exclude: readonly string[], log: Log) {
    this.exclude = exclude;
    this.log = log;
  }

  async listen(folder: string): Promise<void> {
    if (this.watcher) return;
    // of a link chokidar would watch nothing but where it leads
    const real = await realpath(folder).catch(() => folder);
    const ignored = this.exclude.map((path) => (isInside(path, folder) ? join(real, relative(folder, path)) : path));
    const watcher = watch(real, { ignoreInitial: true, ignored, followSymlinks: false });
    this.watcher = watcher;
    watcher.on('all', () => this.heard.abort());
    // too many folders for the system, or one that is gone: the looks go on
    watcher.on('error', (error) => this.log.debug(`listening to ${folder}: ${String(error)}`));
    await Promise.race([once(watcher, 'ready'), once(watcher, 'error')]).catch(() => undefined);
  }

  async next(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // a timer that keeps the process up, which a watcher that has failed does not
    await setTimeout(ms, undefined, { signal: AbortSignal.any([signal, this.heard.signal]) }).catch(() => undefined);
    this.heard = new AbortController();
    signal.throwIfAborted();
  }

  async stop(): Promise<void> {
    const { watcher } = this;
    this.watcher = undefined;
    await watcher?.close();
  }
}
