import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { FoundImage } from './core/model/image.ts';
import type { ImageState } from './core/model/imageState.ts';
import type { RunId } from './core/model/ids.ts';
import { Engine, type Configuration, type Equipment } from './core/pipeline/engine.ts';
import type { RunObserver } from './core/pipeline/observer.ts';
import { readStatus, type RunStatus } from './core/pipeline/status.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Log } from './core/ports/log.ts';
import type { RequestMeter } from './core/ports/requestMeter.ts';
import type { Reviewer } from './core/ports/reviewer.ts';
import type { Store } from './core/ports/store.ts';
import { foldersOf, type Folders } from './core/settings/folders.ts';
import { resolveSettings } from './core/settings/resolveSettings.ts';

/** Keys and logins of the services; they never reach a log, a manifest or a report. */
export interface Secrets {
  readonly saucenaoApiKey?: string;
  readonly danbooruLogin?: string;
  readonly danbooruApiKey?: string;
}

/** Files that come with the program; absolute paths. */
export interface Assets {
  readonly analyzerWorker: string;
  readonly models: string;
  readonly sqlWasm: string;
}

/** What a host (VS Code, the terminal, a test) hands in. */
export interface Host {
  readonly version: string;
  /** absolute path of the workspace folder */
  readonly workspace: string;
  /** settings by key without prefix, as the host read them; what is not given is the default */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
  readonly assets: Assets;
  readonly log: Log;
  readonly observer: RunObserver;
  readonly reviewer: Reviewer;
  readonly clock: Clock;
}

/** The core with real parts behind its ports, for one workspace. */
export interface Composition {
  readonly engine: Engine;
  readonly folders: Folders;
  /** Where every image stands, by the live journal; undefined when there was no run yet. */
  status(): Promise<RunStatus | undefined>;
  /** The images that wait for a person, with all that is known of them. */
  waiting(): Promise<readonly ImageState[]>;
  /** Absolute path of the image's thumbnail (WebP), made when it is not there yet. @throws ImageError */
  thumbnail(image: FoundImage): Promise<string>;
}

/**
 * @param overrides settings for the runs of this composition alone, by key without prefix
 * @throws SettingsError
 */
export function compose(host: Host, overrides: Readonly<Record<string, unknown>>): Composition {
  throw new Error(`${host.version} ${Object.keys(overrides).join()}`);
}
