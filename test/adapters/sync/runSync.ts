/** A sync of everything in a process of its own, to be killed, or to have a file system of its own: `runSync.ts KIND SORTED NAS RECORDS [pull|nobody]`. */
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import type { SyncEvent, SyncSummary } from '../../../src/core/sync/syncOrder.ts';
import { Mirror } from '../../../src/core/sync/mirror.ts';
import { NdjsonSyncRecords } from '../../../src/adapters/sync/ndjsonSyncRecords.ts';
import { NodeSortedFolder } from '../../../src/adapters/sync/nodeSortedFolder.ts';
import { NAS_KINDS } from './nasKinds.ts';

export interface SyncRun {
  readonly summary: SyncSummary;
  readonly whys: readonly string[];
  /** what is in the NAS folder afterwards, relative to it */
  readonly left: readonly string[];
}

const [, , kind = '', sorted = '', nas = '', records = '', how] = process.argv;
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
let pulled = false;
const on = (event: SyncEvent): void => {
  // whoever kills it counts from here
  if (event.kind === 'planned') process.stderr.write('planned\n');
  if ((event.kind === 'file' || event.kind === 'problem') && event.why !== undefined) whys.push(event.why);
  if (event.kind !== 'progress' || how !== 'pull' || pulled) return;
  pulled = true;
  spawnSync('umount', ['--lazy', nas]);
};
const confirm = () => Promise.resolve(false);
const summary = await mirror.everything(
  { root: sorted, dryRun: false, delete: false, confirm, on },
  new AbortController().signal,
);
await mirror.close();
await opened.close();
console.log(JSON.stringify({ summary, whys, left: await readdir(nas, { recursive: true }) } satisfies SyncRun));
