/** A sync of everything in a process of its own, to be killed, or to have a file system of its own: `runSync.ts KIND SORTED NAS RECORDS [nobody | pull MOUNT]`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncEvent, SyncSummary } from '../../../src/core/sync/syncOrder.ts';
import { Mirror } from '../../../src/core/sync/mirror.ts';
import { NdjsonSyncRecords } from '../../../src/adapters/sync/ndjsonSyncRecords.ts';
import { NodeSortedFolder } from '../../../src/adapters/sync/nodeSortedFolder.ts';
import { NAS_KINDS, STAGING } from './nasKinds.ts';

export interface SyncRun {
  readonly summary: SyncSummary;
  readonly whys: readonly string[];
  /** `place fate` */
  readonly fates: readonly string[];
  /** what is in the NAS folder afterwards, relative to it; of one that was pulled, what is at its mount point */
  readonly left: readonly string[];
}

const filesIn = (folder: string): number => (existsSync(folder) ? readdirSync(folder).length : 0);

const [, , kind = '', sorted = '', nas = '', records = '', how, mount = ''] = process.argv;
if (how === 'nobody' && process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(65534);
  process.setuid?.(65534);
}
const opened = await NAS_KINDS.find(({ name }) => name === kind)!.open({ nas, sorted, verify: 'size' });
const mirror = new Mirror({
  engine: opened.engine,
  openRecords: () => NdjsonSyncRecords.open(records),
  sorted: new NodeSortedFolder(),
  clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
  exclude: [],
  verify: 'size',
});
const whys: string[] = [];
const fates: string[] = [];
// in the middle of what the engine has under way, which tells of its bytes only now and then
const pulling = setInterval(() => {
  if (how !== 'pull' || filesIn(join(nas, STAGING)) < 3) return;
  clearInterval(pulling);
  spawnSync('umount', ['--lazy', mount]);
}, 1);
const on = (event: SyncEvent): void => {
  // whoever kills it counts from here
  if (event.kind === 'planned') process.stderr.write('planned\n');
  if (event.kind === 'file') fates.push(`${event.place} ${event.fate}`);
  if ((event.kind === 'file' || event.kind === 'problem') && event.why !== undefined) whys.push(event.why);
};
const confirm = () => Promise.resolve(false);
const summary = await mirror.everything(
  { root: sorted, dryRun: false, delete: false, confirm, on },
  new AbortController().signal,
);
clearInterval(pulling);
await mirror.close();
await opened.close();
console.log(
  JSON.stringify({
    summary,
    whys,
    fates: fates.sort(),
    // nobody may not look into all folders
    left: await readdir(how === 'pull' ? mount : nas, { recursive: true }).catch(() => readdir(nas)),
  } satisfies SyncRun),
);
