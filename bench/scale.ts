/**
 * npm run bench:scale [-- SIZE...]: what becomes of the time and the memory of an image at 1,000, 10,000 and 100,000 (or the
 * sizes given), of the journal and the database, of a resumption after a kill, of `status` and of a run with nothing new.
 *
 * ExifTool and the models are left out: what they cost an image does not depend on how many there are (bench:sidecars,
 * bench:analysis), and they would hide what does. All else is real: walk, hashes, looks, requests to a service that answers at
 * once, journal, database, categories, moves, and the sync to a folder.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { NodeImageFolder } from '../src/adapters/files/nodeImageFolder.ts';
import { program, type Went } from './scale/program.ts';
import { layStock } from './scale/stock.ts';

const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [1000, 10_000, 100_000];
/** The run is killed when so much of it is done. */
const KILLED_AT = 0.6;
/** What a resumption takes depends on how long ago the killed run wrote its database; of one kill it is taken so many times. */
const RESUMED = 5;

interface Row {
  readonly size: number;
  readonly found: number;
  readonly walked: number;
  readonly whole: Went;
  readonly journal: number;
  readonly database: number;
  readonly resumed: readonly Went[];
  readonly status: Went;
  readonly again: Went;
}

const service = spawn(process.execPath, [join(import.meta.dirname, 'scale/service.ts')], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [line] = (await once(service.stdout, 'data')) as [Buffer];
  const endpoint = line.toString().trim();
  console.log(
    `${availableParallelism()} cores of ${cpus()[0]?.model ?? '?'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`,
  );
  const rows: Row[] = [];
  for (const size of sizes) rows.push(await measure(size, endpoint));
  print(rows);
} finally {
  service.kill();
}

async function measure(size: number, endpoint: string): Promise<Row> {
  const stock = join(tmpdir(), `image-inbox-scale-${size}`);
  await layStock(stock, size);
  const dir = mkdtempSync(join(tmpdir(), 'image-inbox-scale-run-'));
  try {
    const lay = (): void => {
      for (const name of ['Inbox', 'Sorted', 'NAS', '.image-inbox'])
        rmSync(join(dir, name), { recursive: true, force: true });
      cpSync(stock, join(dir, 'Inbox'), { recursive: true, preserveTimestamps: true });
      mkdirSync(join(dir, 'NAS'));
    };
    const settings = {
      'danbooru.endpoint': endpoint,
      'danbooru.secondsBetween': 0,
      'search.providers': '["danbooru-md5","danbooru-iqdb"]',
    };
    const args = [
      ...['--workspace', dir, '--nas', join(dir, 'NAS'), '--approve', 'all', '--skip', 'xmp,analyze'],
      ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ];
    const process_ = { args: ['process', ...args] };

    lay();
    const found = seconds(() =>
      spawnSync('find', [join(dir, 'Inbox'), '-type', 'f', '-printf', '%s %T@ %p\\n'], { stdio: 'ignore' }),
    );
    const walked = await walk(join(dir, 'Inbox'));

    const whole = checked(await program(process_));
    const journal = bytesIn(join(dir, '.image-inbox/journal'));
    const database = statSync(join(dir, '.image-inbox/image-inbox.db')).size;
    const status = checked(await program({ args: ['status', '--workspace', dir] }));
    const again = checked(await program(process_));

    lay();
    await program({ ...process_, killAfter: Math.floor(size * KILLED_AT) });
    const [working, kept] = [join(dir, '.image-inbox'), join(dir, 'kept')];
    renameSync(working, kept);
    const resume = ['resume', ...args.filter((arg) => arg !== '--skip' && arg !== 'xmp,analyze')];
    const resumed: Went[] = [];
    while (resumed.length < RESUMED) {
      rmSync(working, { recursive: true, force: true });
      cpSync(kept, working, { recursive: true, preserveTimestamps: true });
      spawnSync('sync', ['-f', working]);
      resumed.push(checked(await program({ args: resume, killAfter: 1 })));
    }
    return { size, found, walked, whole, journal, database, resumed, status, again };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function checked(went: Went): Went {
  if (went.code !== 0 && went.code !== null) throw new Error(`exit code ${went.code}`);
  return went;
}

function seconds(work: () => unknown): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

async function walk(folder: string): Promise<number> {
  const began = performance.now();
  let count = 0;
  for await (const { kind } of new NodeImageFolder(() => Date.now() + 3_600_000).walk(
    folder,
    [],
    new AbortController().signal,
  )) {
    if (kind === 'image') count++;
  }
  if (count === 0) throw new Error('nothing found');
  return (performance.now() - began) / 1000;
}

function bytesIn(folder: string): number {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function print(rows: readonly Row[]): void {
  const [first] = rows;
  if (!first) return;
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const per = (s: number, { size }: Row): string => `${((s / size) * 1000).toFixed(2)} ms`;
  const line = (name: string, value: (row: Row) => string): void =>
    console.log(`  ${name.padEnd(44)}${rows.map((row) => value(row).padStart(12)).join('')}`);
  line('images', ({ size }) => size.toLocaleString('en'));
  line('walk', ({ walked }) => `${walked.toFixed(2)} s`);
  line('  against find -printf', ({ walked, found }) => (walked / found).toFixed(2));
  line('an image, of the clock', (row) => per(row.whole.seconds, row));
  line('an image, of the processor', (row) => per(row.whole.cpu, row));
  line('  against the smallest', (row) => (row.whole.cpu / row.size / (first.whole.cpu / first.size)).toFixed(2));
  line('most memory, the run', ({ whole }) => `${whole.memory.toFixed(0)} MB`);
  line('journal', ({ journal }) => mb(journal));
  line('database', ({ database }) => mb(database));
  const firsts = ({ resumed }: Row): readonly number[] =>
    resumed.map(({ firstImage = NaN }) => firstImage).sort((a, b) => a - b);
  line('resume after a kill: to the first image', (row) => `${(firsts(row)[RESUMED >> 1] ?? NaN).toFixed(2)} s`);
  line(`  the slowest of ${RESUMED}`, (row) => `${(firsts(row).at(-1) ?? NaN).toFixed(2)} s`);
  line('  most memory', ({ resumed }) => `${Math.max(...resumed.map(({ memory }) => memory)).toFixed(0)} MB`);
  line('status', ({ status }) => `${status.seconds.toFixed(2)} s`);
  line('a run with nothing new', ({ again }) => `${again.seconds.toFixed(2)} s`);
  line('  most memory', ({ again }) => `${again.memory.toFixed(0)} MB`);
}
