/**
 * node bench/sync.ts [COUNT] [KILOBYTES] [FOLDER]: a first sync of COUNT (1,000) files of KILOBYTES (1,000), and one of the same
 * tree in which nothing is to be done, through us with each engine, and by `rsync -a` and `rclone copy` run by hand, in turns.
 * What changes nothing is run AGAIN times each time, since most of such a sync is over before a new process has got up to speed; how
 * long the very first one takes is told as well. The copies are made in FOLDER (the system's for temporary files). Ours are flushed to the disk when the sync ends; of the bare
 * programs both are told: as they end, and with `sync -f` after them.
 */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { composeSync } from '../src/composeSync.ts';
import { resolveSettings } from '../src/core/settings/resolveSettings.ts';
import { systemClock } from '../src/systemClock.ts';

const [count = 1000, kilobytes = 1000] = process.argv.slice(2, 4).map(Number);
const [ROUNDS, AGAIN] = [5, 3];
const home = mkdtempSync(join(tmpdir(), 'sync bench '));
const there = mkdtempSync(join(process.argv[4] ?? tmpdir(), 'sync bench nas '));
const sorted = join(home, 'Sorted');

/** The first bytes of a JPEG, as far as our walk looks, and then noise, which nothing can compress. */
function makeTree(): void {
  const bytes = Buffer.allocUnsafe(kilobytes * 1000);
  for (let i = 0; i < count; i++) {
    const path = join(sorted, `Folder ${i % 20}`, `${i}.jpg`);
    mkdirSync(dirname(path), { recursive: true });
    randomFillSync(bytes);
    Buffer.from([0xff, 0xd8, 0xff, 0xe0]).copy(bytes);
    writeFileSync(path, bytes);
  }
}

interface Contestant {
  readonly name: string;
  readonly run: (nas: string, working: string) => Promise<void> | void;
}

const host = {
  clock: systemClock,
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  version: '0',
  lookWorker: join(import.meta.dirname, '../dist/lookWorker.js'),
  secrets: {},
  tagsOf: () => Promise.resolve(undefined),
};

const through = (engine: string): Contestant => ({
  name: `image-inbox, ${engine}`,
  run: async (nas, working) => {
    const settings = resolveSettings({ 'sync.engine': engine });
    const mirror = composeSync({ settings, folders: { inbox: home, sorted, working, nas } }, host);
    if (!mirror) throw new Error('no mirror');
    const order = {
      root: sorted,
      dryRun: false,
      delete: false,
      confirm: () => Promise.resolve(false),
      on: () => undefined,
    };
    const { failed, conflict, unreachable } = await mirror.everything(order, new AbortController().signal);
    await mirror.close();
    if (failed + conflict > 0 || unreachable !== undefined)
      throw new Error(`${engine}: ${failed} failed, ${unreachable ?? ''}`);
  },
});

const bare = (name: string, program: string, args: readonly string[], flushes: boolean): Contestant => ({
  name,
  run: (nas) => {
    execFileSync(program, [...args, `${sorted}/`, `${nas}/`], { stdio: 'ignore' });
    if (flushes) execFileSync('sync', ['-f', nas]);
  },
});

const CONTESTANTS: readonly Contestant[] = [
  bare('rsync -a', 'rsync', ['-a'], false),
  bare('rsync -a, sync -f', 'rsync', ['-a'], true),
  bare('rclone copy', 'rclone', ['copy'], false),
  bare('rclone copy, sync -f', 'rclone', ['copy'], true),
  through('builtin'),
  through('rsync'),
  through('rclone'),
];

/** In each round after another one: how quickly a file is written depends on the memory and the disk as they were left. */
const turnsOf = (round: number): readonly Contestant[] =>
  CONTESTANTS.map((_, i) => CONTESTANTS[(i * (round + 1) + round) % CONTESTANTS.length]).filter(
    (one) => one !== undefined,
  );

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;

async function seconds(work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

makeTree();
execFileSync('sync', ['-f', sorted]);
const first = new Map<string, number[]>();
const again = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round++) {
  for (const { name, run } of turnsOf(round)) {
    const nas = join(there, 'nas');
    const working = join(home, 'working');
    mkdirSync(nas);
    first.set(name, [...(first.get(name) ?? []), await seconds(() => run(nas, working))]);
    for (let i = 0; i < AGAIN; i++)
      again.set(name, [...(again.get(name) ?? []), await seconds(() => run(nas, working))]);
    rmSync(nas, { recursive: true });
    rmSync(working, { recursive: true, force: true });
    execFileSync('sync', ['-f', there]);
  }
}
rmSync(home, { recursive: true });
rmSync(there, { recursive: true });

console.log(
  `${count} files of ${kilobytes} kB, ${cpus().length} processors; medians of ${ROUNDS} and ${ROUNDS * AGAIN}, seconds`,
);
console.log(`${''.padEnd(24)}${'first'.padStart(8)}${'no change'.padStart(12)}${'the very first'.padStart(16)}`);
for (const { name } of CONTESTANTS) {
  const times = again.get(name) ?? [];
  const [one, two] = [median(first.get(name) ?? []), median(times)];
  console.log(
    `${name.padEnd(24)}${one.toFixed(2).padStart(8)}${two.toFixed(3).padStart(12)}${times[0]?.toFixed(3).padStart(16)}`,
  );
}
