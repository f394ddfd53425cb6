/**
 * npm run bench [-- COUNT [ROUNDS]]: the whole pipeline over COUNT (1,000) generated images of about 1 MP, with stand-in
 * services that answer at once, against the sum of the raw tools over the same images, in turn, ROUNDS (5) times. Medians.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseXmp } from '../src/adapters/exiftool/parseXmp.ts';
import { readFields } from '../src/adapters/exiftool/readFields.ts';
import type { SidecarFields } from '../src/core/sidecar/fields.ts';
import { sampleSaucenaoKey } from '../test/services/saucenao.ts';
import { PeakMemory } from './peakMemory.ts';
import { pictures } from './pictures.ts';
import { rawInference, rawMoves, rawSidecars } from './rawTools.ts';

const root = resolve(import.meta.dirname, '..');
const count = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 5);
const stock = join(tmpdir(), 'image-inbox-bench-pictures');

interface Round {
  readonly total: number;
  readonly sidecars: number;
  readonly inference: number;
  readonly moves: number;
  readonly memory: PeakMemory;
  readonly requests: object;
}

console.log(
  `${availableParallelism()} cores of ${cpus()[0]?.model ?? '?'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`,
);
console.log(`${count} generated images of about 1 MP, medians of ${rounds}`);
const posts = await pictures(stock, count);
const postsFile = join(stock, 'posts.json');
writeFileSync(postsFile, JSON.stringify(posts));
const services = spawn(process.execPath, [join(root, 'test/services/start.ts'), '--posts', postsFile, '--unlimited'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [line] = (await once(services.stdout, 'data')) as [Buffer];
  const { saucenao, iqdb, danbooru } = JSON.parse(line.toString()) as Record<'saucenao' | 'iqdb' | 'danbooru', string>;
  const settings = {
    'saucenao.endpoint': saucenao,
    'iqdb.endpoint': iqdb,
    'danbooru.endpoint': danbooru,
    'danbooru.secondsBetween': 0,
    'iqdb.secondsBetween': 0,
  };
  const args = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const all: Round[] = [];
  for (let n = 0; n < rounds; n++) all.push(await round(args));
  print(all);
} finally {
  services.kill();
}

async function round(args: readonly string[]): Promise<Round> {
  const dir = mkdtempSync(join(tmpdir(), 'image-inbox-bench-'));
  try {
    for (const name of ['Inbox', 'raw']) {
      mkdirSync(join(dir, name));
      for (const picture of posts.map((_, n) => `picture ${String(n).padStart(5, '0')}.jpg`))
        copyFileSync(join(stock, picture), join(dir, name, picture));
    }
    const began = performance.now();
    const child = spawn(
      process.execPath,
      [join(root, 'dist/cli.js'), 'process', '--workspace', dir, '--approve', 'all', '--quiet', ...args],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, SAUCENAO_API_KEY: sampleSaucenaoKey } },
    );
    const memory = new PeakMemory(child.pid ?? 0);
    const [code] = (await once(child, 'exit')) as [number];
    const total = (performance.now() - began) / 1000;
    memory.stop();
    const manifest = readdirSync(join(dir, 'Sorted')).find((name) => name.startsWith('manifest_')) ?? '';
    const { statistics } = JSON.parse(readFileSync(join(dir, 'Sorted', manifest), 'utf8')) as {
      statistics: { processed: number; requests: object };
    };
    if (code !== 0 || statistics.processed !== count)
      throw new Error(`exit code ${code}, ${statistics.processed} processed`);
    return {
      total,
      memory,
      requests: statistics.requests,
      sidecars: await rawSidecars(
        join(dir, 'raw sidecars'),
        join(root, 'media/exiftool/image-inbox.config'),
        sidecarsBelow(join(dir, 'Sorted')),
      ),
      inference: await rawInference(join(dir, 'raw'), join(root, 'media/models')),
      moves: await rawMoves(join(dir, 'raw'), join(dir, 'raw moved')),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What our sidecars hold: the raw tool is to write the same. */
function sidecarsBelow(folder: string): readonly SidecarFields[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.xmp'));
  if (names.length !== count) throw new Error(`${names.length} sidecars`);
  return names.map((name) => readFields(parseXmp(readFileSync(join(folder, name)))));
}

function print(all: readonly Round[]): void {
  const median = (value: (round: Round) => number): number =>
    all.map(value).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
  const sum = ({ sidecars, inference, moves }: Round): number => sidecars + inference + moves;
  const row = (name: string, value: string): void => console.log(`  ${name.padEnd(44)}${value.padStart(12)}`);
  row('image-inbox process, all stages', `${median(({ total }) => total).toFixed(1)} s`);
  row('ExifTool alone (exiftool-vendored)', `${median(({ sidecars }) => sidecars).toFixed(1)} s`);
  row('decoding and inference alone', `${median(({ inference }) => inference).toFixed(1)} s`);
  row('moves alone', `${median(({ moves }) => moves).toFixed(2)} s`);
  row('ratio to their sum', median((one) => one.total / sum(one)).toFixed(2));
  row('  of the rounds', all.map((one) => (one.total / sum(one)).toFixed(2)).join(' '));
  row('images a minute', median(({ total }) => (count / total) * 60).toFixed(0));
  row('peak memory, the process', `${median(({ memory }) => memory.main).toFixed(0)} MB`);
  row('peak memory, with ExifTool processes', `${median(({ memory }) => memory.all).toFixed(0)} MB`);
  row('requests', JSON.stringify(all[0]?.requests));
}
