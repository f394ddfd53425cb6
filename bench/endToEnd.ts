/**
 * npm run bench [-- COUNT]: the whole pipeline over COUNT (1,000) generated images of about 1 MP, with stand-in services that
 * answer at once, against the sum of the raw tools over the same images, in the same run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { sampleSaucenaoKey } from '../test/services/saucenao.ts';
import { PeakMemory } from './peakMemory.ts';
import { pictures } from './pictures.ts';
import { rawInference, rawMoves, rawSidecars } from './rawTools.ts';

const root = resolve(import.meta.dirname, '..');
const count = Number(process.argv[2] ?? 1000);
const stock = join(tmpdir(), 'image-inbox-bench-pictures');
const dir = mkdtempSync(join(tmpdir(), 'image-inbox-bench-'));

try {
  console.log(
    `${availableParallelism()} cores of ${cpus()[0]?.model ?? '?'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`,
  );
  console.log(`${count} generated images of about 1 MP`);
  const posts = await pictures(stock, count);
  const names = posts.map((_, n) => `picture ${String(n).padStart(5, '0')}.jpg`);
  const lay = (folder: string): void => {
    mkdirSync(folder, { recursive: true });
    for (const name of names) copyFileSync(join(stock, name), join(folder, name));
  };
  lay(join(dir, 'Inbox'));
  lay(join(dir, 'raw'));

  const postsFile = join(dir, 'posts.json');
  writeFileSync(postsFile, JSON.stringify(posts));
  const services = spawn(
    process.execPath,
    [join(root, 'test/services/start.ts'), '--posts', postsFile, '--unlimited'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
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
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [join(root, 'dist/cli.js'), 'process', '--workspace', dir, '--approve', 'all', '--quiet', ...args],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SAUCENAO_API_KEY: sampleSaucenaoKey },
    },
  );
  const memory = new PeakMemory(child.pid ?? 0);
  const [code] = (await once(child, 'exit')) as [number];
  const total = (performance.now() - began) / 1000;
  memory.stop();
  services.kill();
  const manifest = readdirSync(join(dir, 'Sorted')).find((name) => name.startsWith('manifest_')) ?? '';
  const { statistics } = JSON.parse(readFileSync(join(dir, 'Sorted', manifest), 'utf8')) as {
    statistics: { processed: number; requests: object };
  };
  if (code !== 0 || statistics.processed !== count)
    throw new Error(`exit code ${code}, ${statistics.processed} processed`);

  const sidecars = await rawSidecars(join(dir, 'raw sidecars'), posts);
  const inference = await rawInference(join(dir, 'raw'), join(root, 'media/models'));
  const moves = await rawMoves(join(dir, 'raw'), join(dir, 'raw moved'));
  const sum = sidecars + inference + moves;

  const row = (name: string, value: string): void => console.log(`  ${name.padEnd(44)}${value.padStart(12)}`);
  row('image-inbox process, all stages', `${total.toFixed(1)} s`);
  row('ExifTool alone (exiftool-vendored)', `${sidecars.toFixed(1)} s`);
  row('decoding and inference alone', `${inference.toFixed(1)} s`);
  row('moves alone', `${moves.toFixed(2)} s`);
  row('ratio to their sum', (total / sum).toFixed(2));
  row('images a minute', ((count / total) * 60).toFixed(0));
  row('peak memory, the process', `${memory.main.toFixed(0)} MB`);
  row('peak memory, with ExifTool processes', `${memory.all.toFixed(0)} MB`);
  row('requests', JSON.stringify(statistics.requests));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
