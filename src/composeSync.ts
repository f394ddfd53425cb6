import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { NodeFiles } from './adapters/files/nodeFiles.ts';
import { Looks } from './adapters/files/looks.ts';
import { ImmichServer } from './adapters/immich/immichServer.ts';
import { NdjsonServerChanges } from './adapters/sync/ndjsonServerChanges.ts';
import { NdjsonSyncRecords } from './adapters/sync/ndjsonSyncRecords.ts';
import { NodeCarrier } from './adapters/sync/nodeCarrier.ts';
import { NodeSortedFolder } from './adapters/sync/nodeSortedFolder.ts';
import { PathEngine } from './adapters/sync/pathEngine.ts';
import { RcloneCarrier } from './adapters/sync/rcloneCarrier.ts';
import { RcloneEngine } from './adapters/sync/rcloneEngine.ts';
import { RobocopyCarrier } from './adapters/sync/robocopyCarrier.ts';
import { RsyncCarrier } from './adapters/sync/rsyncCarrier.ts';
import { RsyncEngine } from './adapters/sync/rsyncEngine.ts';
import { RsyncProgram } from './adapters/sync/rsyncProgram.ts';
import { stagingName } from './adapters/sync/stagingName.ts';
import type { Configuration } from './core/pipeline/planRun.ts';
import { sidecarOf } from './core/model/image.ts';
import { Announcer } from './core/photoServer/announcer.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Log } from './core/ports/log.ts';
import type { Folders } from './core/settings/folders.ts';
import { assertHarmless, syncProgram } from './core/settings/syncProgram.ts';
import { mountedFolder } from './core/sync/destination.ts';
import { Mirror, type MirrorParts } from './core/sync/mirror.ts';
import type { SyncEngine } from './core/sync/syncEngine.ts';

/** What a host hands in for it. */
export interface SyncHost {
  readonly clock: Clock;
  readonly log: Log;
  /** of this program */
  readonly version: string;
  /** absolute path of the built lookWorker; without it no thread is started */
  readonly lookWorker?: string | undefined;
  readonly secrets: { readonly immichApiKey?: string };
  /** The tags of a sidecar, levels joined with `/`; undefined when there is none. */
  readonly tagsOf: (sidecarPath: string) => Promise<readonly string[] | undefined>;
}

/**
 * Wires the sync to the real parts: a part of compose.ts. Nothing is started and nothing is opened before the first file.
 * @returns undefined when no NAS is set. @throws SettingsError when what is set to sync can't reach it, or would do harm there
 */
export function composeSync({ settings, folders }: Configuration, host: SyncHost): Mirror | undefined {
  const { nas, sorted, working } = folders;
  if (nas === undefined) return undefined;
  assertHarmless(settings, nas);
  const { clock } = host;
  const photoServer = photoServerOf({ settings, folders }, nas, host);
  return new Mirror({
    ...(photoServer && { photoServer }),
    engine: syncEngine({ settings, folders }, nas, new Looks(host.lookWorker)),
    sorted: new NodeSortedFolder(),
    clock,
    verify: settings['sync.verify'],
    exclude: settings['sync.exclude'],
    openRecords: () => NdjsonSyncRecords.open(memoryFile(nas, sorted, working)),
  });
}

/**
 * Absolute paths of the sorted files that are on the NAS, as far as we know without asking it: also of those that have been
 * moved away here since. @throws FatalError when the records can't be read
 */
export async function syncedFiles({ nas, sorted, working }: Folders): Promise<ReadonlySet<string>> {
  if (nas === undefined) return new Set();
  const places = await NdjsonSyncRecords.heldPlaces(memoryFile(nas, sorted, working));
  return new Set([...places].map((place) => join(sorted, place)));
}

/** A memory of its own for each pair of folders: what was put on one NAS says nothing of another. */
function memoryFile(nas: string, sorted: string, working: string, of = ''): string {
  const key = createHash('sha256').update(`${nas}\0${sorted}`).digest('hex').slice(0, 16);
  return join(working, 'sync', `${key}${of}.ndjson`);
}

/** Immich, where the user gives its address. Nothing is asked before the first file is on the NAS. */
function photoServerOf(
  { settings, folders: { sorted, working } }: Configuration,
  nas: string,
  { clock, log, version, secrets: { immichApiKey: apiKey }, tagsOf }: SyncHost,
): MirrorParts['photoServer'] {
  const address = settings['immich.address'];
  if (address === '') return undefined;
  const files = new NodeFiles();
  const changes = new NdjsonServerChanges(memoryFile(nas, sorted, working, '-immich'));
  const imageAt = (place: string): string => join(sorted, place);
  const announcer = new Announcer({
    server: new ImmichServer({ address, version, log, ...(apiKey !== undefined && { apiKey }) }),
    changes,
    clock,
    library: settings['immich.library'],
    nas,
    // one that can't be read tells nothing, here or there
    tagsHere: (place) => tagsOf(sidecarOf(imageAt(place))).catch(() => undefined),
    // what nobody can look at is no picture to ask for
    isHere: (place) =>
      files.stat(imageAt(place)).then(
        (facts) => facts !== undefined,
        () => false,
      ),
  });
  return { changes, announcer };
}

function syncEngine({ settings, folders: { sorted } }: Configuration, nas: string, looks: Looks): SyncEngine {
  const engine = syncProgram(settings, nas);
  const common = { staging: stagingName(sorted), verify: settings['sync.verify'] };
  const options = settings['sync.options'];
  const isFolder = mountedFolder(nas) !== undefined;
  switch (engine) {
    case 'builtin':
      return new PathEngine({ ...common, nas, looks, carrier: new NodeCarrier() });
    case 'robocopy':
      return new PathEngine({ ...common, nas, looks, carrier: new RobocopyCarrier({ options }) });
    case 'rsync': {
      const rsync = new RsyncProgram({ options });
      return isFolder
        ? new PathEngine({ ...common, nas, looks, carrier: new RsyncCarrier(rsync, sorted) })
        : new RsyncEngine({ ...common, rsync, address: nas, root: sorted });
    }
    case 'rclone':
      return isFolder
        ? new PathEngine({ ...common, nas, looks, carrier: new RcloneCarrier({ options }, sorted) })
        : new RcloneEngine({ ...common, options, remote: nas, root: sorted });
  }
}
