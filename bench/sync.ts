/**
 * node bench/sync.ts [COUNT] [KILOBYTES] [FOLDER]: a first sync of COUNT (1,000) files of KILOBYTES (1,000), and one of the same
 * tree in which nothing is to be done, through us with each engine, and by `rsync -a` and `rclone copy` run by hand, in turns.
 * The latter is run AGAIN times, as in a window or a service that goes on for days; and once in a new process, in which Node has
 * not yet got up to speed (its start is not counted). The copies are made in FOLDER (the system's for temporary files). Ours are
 * flushed to the disk when the sync ends; of the bare programs both are told: as they end, and with `sync -f` after them.
 */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { composeSync } from '../src/composeSync.ts';
import { resolveSettings } from '../src/core/settings/resolveSettings.ts';
import { systemClock } from '../src/systemClock.ts';

/** Before the engine, the folder with the tree, and the NAS: one sync in a new process, which prints what it took. */
const ONCE = '--once';
const [ROUNDS, AGAIN] = [5, 3];
const isOnce = process.argv[2] === ONCE;
const [count = 1000, kilobytes = 1000] = isOnce ? [] : process.argv.slice(2, 4).map(Number);
const home = isOnce ? (process.argv[4] ?? '') : mkdtempSync(join(tmpdir(), 'sync bench '));
const sorted = join(home, 'Sorted');
const working = join(home, 'working');

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
  readonly run: (nas: string) => Promise<void> | void;
  /** through us, with which engine */
  readonly engine?: string;
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
  engine,
  run: async (nas) => {
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

/**
 * In each round each after another one (each once, since their number is prime): how quickly a file is written depends on the
 * memory and the disk as they were left.
 */
const turnsOf = (round: number): readonly Contestant[] =>
  CONTESTANTS.map((_, i) => CONTESTANTS[(i * (round + 1) + round) % CONTESTANTS.length]).filter(
    (one) => one !== undefined,
  );

interface Times {
  readonly first: number[];
  readonly again: number[];
  readonly once: number[];
}

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;

async function seconds(work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function measureOnce(engine: string, nas: string): number {
  const args = [import.meta.filename, ONCE, engine, home, nas];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

async function compare(): Promise<void> {
  const there = mkdtempSync(join(process.argv[4] ?? tmpdir(), 'sync bench nas '));
  const nas = join(there, 'nas');
  const times = new Map(CONTESTANTS.map(({ name }): [string, Times] => [name, { first: [], again: [], once: [] }]));
  makeTree();
  execFileSync('sync', ['-f', sorted]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, run, engine } of turnsOf(round)) {
      mkdirSync(nas);
      const { first, again, once } = times.get(name)!;
      first.push(await seconds(() => run(nas)));
      for (let i = 0; i < AGAIN; i++) again.push(await seconds(() => run(nas)));
      if (engine !== undefined) once.push(measureOnce(engine, nas));
      rmSync(nas, { recursive: true });
      rmSync(working, { recursive: true, force: true });
      execFileSync('sync', ['-f', there]);
    }
  }
  rmSync(home, { recursive: true });
  rmSync(there, { recursive: true });

  const medians = `medians of ${ROUNDS}, ${ROUNDS * AGAIN} and ${ROUNDS}`;
  console.log(`${count} files of ${kilobytes} kB, ${cpus().length} processors; ${medians}, seconds`);
  console.log(`${''.padEnd(24)}${'first'.padStart(8)}${'no change'.padStart(12)}${'in a new process'.padStart(19)}`);
  for (const [name, { first, again, once }] of times) {
    const last = once.length > 0 ? median(once).toFixed(3) : '';
    console.log(
      `${name.padEnd(24)}${median(first).toFixed(2).padStart(8)}${median(again).toFixed(3).padStart(12)}${last.padStart(19)}`,
    );
  }
}

if (isOnce) {
  const [engine = '', , nas = ''] = process.argv.slice(3);
  console.log(await seconds(() => through(engine).run(nas)));
} else await compare();
