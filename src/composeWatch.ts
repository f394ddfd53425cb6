import { ChokidarHints } from './adapters/watch/chokidarHints.ts';
import { isNetworkFolder } from './adapters/watch/isNetworkFolder.ts';
import { noHints } from './adapters/watch/noHints.ts';
import { NodeFiles } from './adapters/files/nodeFiles.ts';
import { NodeImageFolder } from './adapters/files/nodeImageFolder.ts';
import { compose, type Host } from './compose.ts';
import type { RunRequest } from './core/pipeline/planRun.ts';
import { foldersOf, type Folders } from './core/settings/folders.ts';
import { resolveSettings } from './core/settings/resolveSettings.ts';
import { Arrivals } from './core/watch/arrivals.ts';
import { Watcher, type WatchEvent } from './core/watch/watcher.ts';

export interface WatchOptions {
  /** the folder to watch instead of the inbox of the settings */
  readonly inbox?: string;
  /** how long a file must stay as it is, seconds */
  readonly settleSeconds: number;
  /** between two looks, whatever the system reports, seconds; absent: 15 for a network drive, else 300 and at each report */
  readonly pollSeconds?: number;
  readonly request: Omit<RunRequest, 'command' | 'inbox'>;
  readonly on: (event: WatchEvent) => void;
  /** A run that was on has no end of its own; what the trouble is, is told once. */
  readonly onBroken?: () => void;
}

const NETWORK_POLL_SECONDS = 15;
/** Where the system reports changes, a look now and then for what it has missed. */
const LOCAL_POLL_SECONDS = 300;

/**
 * Wires the watcher to the real parts.
 * @param overrides settings for its runs, by key without prefix
 * @throws SettingsError
 */
export async function composeWatch(
  host: Host,
  overrides: Readonly<Record<string, unknown>>,
  { inbox, settleSeconds, pollSeconds, request, on, onBroken }: WatchOptions,
): Promise<{ readonly watcher: Watcher; readonly folders: Folders }> {
  const settings = resolveSettings({ ...host.settings, ...overrides });
  const folders = foldersOf(settings, host.workspace, inbox);
  const { clock, log } = host;
  const arrivals = new Arrivals(new NodeImageFolder(), clock, settleSeconds * 1000);
  const polls = pollSeconds !== undefined || (await isNetworkFolder(folders.inbox));
  const every = pollSeconds ?? (polls ? NETWORK_POLL_SECONDS : LOCAL_POLL_SECONDS);
  const observer = {
    on: (event: Parameters<Host['observer']['on']>[0]): void => {
      watcher.observe(event);
      host.observer.on(event);
    },
  };
  const { engine } = compose({ ...host, observer }, overrides, arrivals);
  // the observer's calls come while a run is on, and so after this
  const watcher: Watcher = new Watcher({
    engine: {
      run: (...given) =>
        engine.run(...given).catch((error: unknown) => {
          onBroken?.();
          throw error;
        }),
    },
    arrivals,
    files: new NodeFiles(),
    hints: polls ? noHints : new ChokidarHints([folders.sorted, folders.working], log),
    clock,
    folders,
    lookEvery: every * 1000,
    skipExisting: settings['workflow.skipExisting'] && request.reprocess !== true,
    request: { ...request, overrides },
    on,
  });
  return { watcher, folders };
}
