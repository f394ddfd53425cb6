/**
 * Syncs that are killed at random moments, and gone on with. As a program, with the numbers that a release is to survive:
 * `node test/adapters/sync/killedSyncs.ts [FILES] [KILLS] [SEED]`, 10,000 files and 50 kills for each engine on a folder.
 */
import { spawn, execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { library, TIME } from './library.ts';
import { NAS_KINDS, STAGING, type NasKind } from './nasKinds.ts';
import type { SyncRun } from './runSync.ts';

const RUN = join(import.meta.dirname, 'runSync.ts');

export interface KillOrder {
  readonly kind: NasKind;
  /** images; every third has a sidecar beside it, and one in a hundred is of several megabytes */
  readonly images: number;
  readonly kills: number;
  readonly seed: number;
  /** the latest moment of a kill after it has begun to copy, of every fifth after the process has begun; milliseconds */
  readonly latest: number;
  /** on which a kill is told; absent: silence */
  readonly tell?: (line: string) => void;
}

export interface KillReport {
  /** places under whose names something stood that was never here */
  readonly halfVisible: readonly string[];
  /** places that differ between both sides in the end, or are on one alone */
  readonly different: readonly string[];
  /** names on the NAS that are none of the library's */
  readonly left: readonly string[];
  /** what the last run, which nobody killed, says */
  readonly last: SyncRun;
  /** runs that were still at work when they were killed */
  readonly killedAtWork: number;
}

/** Kills run after run; between them some images change here, so that there is always something to do. */
export async function killedSyncs({ kind, images, kills, seed, latest, tell }: KillOrder): Promise<KillReport> {
  await using l = await library(kind);
  await chmod(l.nas, 0o777);
  const random = mulberry32(seed);
  const call = [RUN, kind.name, l.sorted, l.nas, join(l.sorted, '..', 'run.ndjson')];
  /** what each place has ever held here */
  const ever = new Map<string, Set<string>>();
  const put = async (place: string, content: Buffer, time: Date): Promise<void> => {
    await l.put(place, content, time);
    ever.set(place, (ever.get(place) ?? new Set()).add(sha256(content)));
  };
  const place = (i: number): string => `Folder ${i % 17}/${i} 絵.png`;
  for (let i = 0; i < images; i++) {
    await put(place(i), contentOf(random, i % 100 === 0 ? 4_000_000 : 12_000), TIME);
    if (i % 3 === 0) await put(`${place(i)}.xmp`, contentOf(random, 800), TIME);
  }
  const halfVisible: string[] = [];
  let killedAtWork = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const child = spawn(process.execPath, call, { stdio: ['ignore', 'ignore', 'pipe'] });
    // mostly while it copies, now and then while it still looks at both sides
    if (kill % 5 !== 0) await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
    await setTimeout(Math.floor(random() * latest));
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    if (child.signalCode !== null) killedAtWork++;
    const there = await hashes(l.nas);
    for (const [at, hash] of there) if (!isOurs(at) && !ever.get(at)?.has(hash)) halfVisible.push(at);
    tell?.(
      `${kind.name}: kill ${kill} of ${kills}, ${[...there.keys()].filter((at) => !isOurs(at)).length} files there`,
    );
    const later = new Date(TIME.getTime() + kill * 60_000);
    for (let n = 0; n < Math.ceil(images / 100); n++) {
      await put(place(Math.floor(random() * images)), contentOf(random, 9_000), later);
    }
  }
  const { stdout } = await promisify(execFile)(process.execPath, call, { maxBuffer: 64 * 1024 * 1024 });
  const [here, there] = [await hashes(l.sorted), await hashes(l.nas)];
  return {
    halfVisible,
    different: [...here].filter(([at, hash]) => there.get(at) !== hash).map(([at]) => at),
    left: [...there.keys()].filter((at) => !here.has(at)),
    last: JSON.parse(stdout) as SyncRun,
    killedAtWork,
  };
}

const isOurs = (place: string): boolean => place.startsWith(STAGING);

async function hashes(root: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found = new Map<string, string>();
  for (const entry of entries.filter((e) => e.isFile())) {
    const path = join(entry.parentPath, entry.name);
    // a program that outlives its parent for a moment may be clearing up
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes) found.set(relative(root, path), sha256(bytes));
  }
  return found;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The first bytes of a PNG, then a pattern that is another for every file. */
function contentOf(random: () => number, length: number): Buffer {
  const bytes = Buffer.alloc(length, createHash('sha256').update(String(random())).digest());
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').copy(bytes);
  return bytes;
}

/** Small and seeded: the same moments for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

if (import.meta.main) {
  const [files = 10_000, kills = 50, seed = 1] = process.argv.slice(2).map(Number);
  let isBad = false;
  for (const kind of NAS_KINDS.filter(({ name }) => name.endsWith('to a folder') && !name.includes('stand-in'))) {
    const begun = performance.now();
    // an image in three has a sidecar
    const images = Math.round((files * 3) / 4);
    const report = await killedSyncs({ kind, images, kills, seed, latest: 2000, tell: (line) => console.error(line) });
    const { halfVisible, different, left, last, killedAtWork } = report;
    isBad ||= halfVisible.length + different.length + left.length + last.summary.failed + last.summary.conflict > 0;
    console.log(
      `${kind.name}: ${files} files, ${kills} kills (${killedAtWork} while at work), seed ${seed}: ` +
        `${halfVisible.length} half-visible, ${different.length} different in the end, ${left.length} left behind, ` +
        `${last.summary.failed} failed, ${last.summary.conflict} conflicts; ${Math.round((performance.now() - begun) / 1000)} s`,
    );
    if (isBad) console.log(JSON.stringify({ halfVisible, different, left, whys: last.whys }, null, 1));
  }
  process.exitCode = isBad ? 1 : 0;
}
