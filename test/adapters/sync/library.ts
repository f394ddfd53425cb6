import { chmod, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Clock } from '../../../src/core/ports/clock.ts';
import type { SyncEngine } from '../../../src/core/sync/syncEngine.ts';
import type { SyncEvent, SyncOrder, SyncSummary } from '../../../src/core/sync/syncOrder.ts';
import { Mirror, type MirrorParts } from '../../../src/core/sync/mirror.ts';
import { NdjsonSyncRecords } from '../../../src/adapters/sync/ndjsonSyncRecords.ts';
import { NodeSortedFolder } from '../../../src/adapters/sync/nodeSortedFolder.ts';
import { otherDevice } from '../support/otherDevice.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { NAS_KINDS, type NasKind } from './nasKinds.ts';

export const never = new AbortController().signal;
export const TIME = new Date('2019-05-04T03:02:01.000Z');

/** A sorted folder, a NAS on another file system, and what lies between. */
export interface Library extends AsyncDisposable {
  readonly sorted: string;
  readonly nas: string;
  readonly engine: SyncEngine;
  /** the mirror as a new run makes it: it knows only what is on the disk */
  readonly mirror: Mirror;
  readonly clock: Clock & { at: number };
  /** writes a file into the sorted folder */
  put(place: string, content: string | Buffer, time?: Date): Promise<string>;
  /** an image with its sidecar */
  putImage(place: string, content: string, time?: Date): Promise<readonly string[]>;
  /** `place: content` of all files on the NAS, hidden ones too */
  onNas(): Promise<Readonly<Record<string, string>>>;
  /** ends the run, and begins another */
  restart(): Promise<void>;
  everything(order?: Partial<SyncOrder>): Promise<SyncSummary & { readonly events: readonly SyncEvent[] }>;
}

export async function library(
  kind: NasKind = NAS_KINDS[0]!,
  verify: 'size' | 'checksum' = 'size',
  change: (engine: SyncEngine) => SyncEngine = (engine) => engine,
  photoServer?: MirrorParts['photoServer'],
): Promise<Library> {
  const [here, there] = [await temporaryFolder(), await temporaryFolder(await otherDevice())];
  const [sorted, nas, records] = [
    join(here.path, 'Sorted'),
    join(there.path, 'NAS 絵'),
    join(here.path, 'sync.ndjson'),
  ];
  await Promise.all([mkdir(sorted), mkdir(nas), chmod(here.path, 0o755), chmod(there.path, 0o755)]);
  const clock = { at: Date.now(), now: () => clock.at, sleep: () => Promise.resolve() };
  const open = async () => {
    const made = await kind.open({ nas, sorted, verify });
    const engine = change(made.engine);
    const mirror = new Mirror({
      engine,
      openRecords: () => NdjsonSyncRecords.open(records),
      sorted: new NodeSortedFolder(),
      clock,
      exclude: ['@eaDir', '.DS_Store'],
      verify,
      ...(photoServer && { photoServer }),
    });
    const close = async (): Promise<void> => {
      await mirror.close();
      await made.close();
    };
    return { engine, mirror, close };
  };
  let run = await open();
  const put = async (place: string, content: string | Buffer, time = TIME): Promise<string> => {
    const path = join(sorted, place);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await utimes(path, time, time);
    return path;
  };
  return {
    sorted,
    nas,
    clock,
    put,
    get engine() {
      return run.engine;
    },
    get mirror() {
      return run.mirror;
    },
    putImage: async (place, content, time) => [
      await put(`${place}.xmp`, `<x:xmpmeta>${content}`, time),
      await put(place, content, time),
    ],
    onNas: async () => {
      const entries = await readdir(nas, { recursive: true, withFileTypes: true });
      const paths = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
      const pairs = paths.sort().map(async (p) => [relative(nas, p), await readFile(p, 'utf8')] as const);
      return Object.fromEntries(await Promise.all(pairs));
    },
    restart: async () => {
      await run.close();
      run = await open();
    },
    everything: async (order = {}) => {
      const events: SyncEvent[] = [];
      const summary = await run.mirror.everything(
        {
          root: sorted,
          dryRun: false,
          delete: false,
          confirm: () => Promise.resolve(true),
          on: (event) => events.push(event),
          ...order,
        },
        never,
      );
      return { ...summary, events };
    },
    [Symbol.asyncDispose]: async () => {
      await run.close();
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
    },
  };
}
