import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { RunId } from './core/model/ids.ts';
import { Engine, type Configuration, type Equipment } from './core/pipeline/engine.ts';
import type { RunObserver } from './core/pipeline/observer.ts';
import { readStatus, type RunStatus } from './core/pipeline/status.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Log } from './core/ports/log.ts';
import type { RequestMeter } from './core/ports/requestMeter.ts';
import type { Reviewer } from './core/ports/reviewer.ts';
import type { Store } from './core/ports/store.ts';
import { foldersOf } from './core/settings/folders.ts';
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
