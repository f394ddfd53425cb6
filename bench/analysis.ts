/**
 * node bench/analysis.ts [COUNT] [ROUNDS]: the analysis stage's analyzer over COUNT (200) generated pictures of about 1.5 MP,
 * against a bare loop of sharp and onnxruntime over the same files. Both run in turn, ROUNDS (3) times, each in a process of
 * its own, so that what else the machine does hits both; the ratio is that of their sums.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import sharp from 'sharp';
import { OnnxImageAnalyzer } from '../src/adapters/onnx/onnxImageAnalyzer.ts';
import { generatePicture } from '../test/services/generated.ts';
import { rawInference } from './rawTools.ts';

const root = resolve(import.meta.dirname, '..');
const models = join(root, 'media/models');
const stock = join(tmpdir(), 'image-inbox-bench-analysis');

interface Figures {
  readonly seconds: number;
  /** of the processor, all threads together; hardly touched by what else the machine does */
  readonly cpu: number;
  /** the longest that the main thread did not come round, milliseconds */
  readonly stall: number;
  /** megabytes of resident memory, before the first picture and at most */
  readonly before: number;
  readonly peak: number;
}

const cpuSeconds = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
const megabytes = (): number => process.memoryUsage.rss() / 2 ** 20;

/** All files at once, as a run has them: the analyzer's own queue takes care. */
async function ours(files: readonly string[]): Promise<Figures> {
  const quiet = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
  const before = megabytes();
  const cpu = cpuSeconds();
  let peak = before;
  const sampler = setInterval(() => (peak = Math.max(peak, megabytes())), 20);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const analyzer = new OnnxImageAnalyzer({
    workerFile: join(root, 'src/adapters/onnx/analyzerWorker.ts'),
    modelsDir: models,
    personThreshold: 0.3,
    log: quiet,
  });
  delay.enable();
  const began = performance.now();
  const { signal } = new AbortController();
  await Promise.all(files.map((file) => analyzer.analyze(file, signal)));
  const seconds = (performance.now() - began) / 1000;
  delay.disable();
  clearInterval(sampler);
  await analyzer.close();
  return { seconds, cpu: cpuSeconds() - cpu, stall: delay.max / 1e6, before, peak };
}

async function bare(folder: string): Promise<Figures> {
  const before = megabytes();
  const cpu = cpuSeconds();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const seconds = await rawInference(folder, models);
  delay.disable();
  return { seconds, cpu: cpuSeconds() - cpu, stall: delay.max / 1e6, before, peak: before };
}

async function makePictures(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < count; n++) {
    const file = join(folder, `${String(n).padStart(5, '0')}.jpg`);
    if (existsSync(file)) continue;
    const picture = sharp(await generatePicture(n));
    const { width } = await picture.metadata();
    writeFileSync(
      file,
      await picture
        .resize(Math.round(width * Math.sqrt(1.5)))
        .jpeg({ quality: 90 })
        .toBuffer(),
    );
  }
}

const [, self = '', first = '200', second = '3'] = process.argv;
if (first === 'ours' || first === 'bare') {
  const files = readdirSync(second).map((name) => join(second, name));
  console.log(JSON.stringify(first === 'ours' ? await ours(files) : await bare(second)));
} else {
  const count = Number(first);
  const rounds = Number(second);
  const folder = join(stock, String(count));
  await makePictures(folder, count);
  const { width, height } = await sharp(join(folder, '00000.jpg')).metadata();
  const run = (who: 'ours' | 'bare'): Figures =>
    JSON.parse(execFileSync(process.execPath, [self, who, folder], { encoding: 'utf8' })) as Figures;
  const all = { ours: [] as Figures[], bare: [] as Figures[] };
  for (let round = 0; round < rounds; round++) {
    all.bare.push(run('bare'));
    all.ours.push(run('ours'));
  }
  const sum = (figures: readonly Figures[]): number => figures.reduce((total, { seconds }) => total + seconds, 0);
  const cpuSum = (figures: readonly Figures[]): number => figures.reduce((total, { cpu }) => total + cpu, 0);
  const most = (of: (figures: Figures) => number, figures = all.ours): number => Math.max(...figures.map(of));
  const row = (name: string, value: string): void => console.log(`  ${name.padEnd(52)}${value.padStart(12)}`);
  console.log(
    `${availableParallelism()} cores of ${cpus()[0]?.model ?? '?'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ` +
      `Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}; ${count} JPEGs of ${width} x ${height}, ${rounds} rounds`,
  );
  row('analysis, images a second', ((count * rounds) / sum(all.ours)).toFixed(1));
  row('bare loop of sharp and onnxruntime', ((count * rounds) / sum(all.bare)).toFixed(1));
  row('ratio of their times', (sum(all.ours) / sum(all.bare)).toFixed(2));
  row('ratio of their processor times', (cpuSum(all.ours) / cpuSum(all.bare)).toFixed(2));
  row('1,000 images at this rate', `${((sum(all.ours) / (count * rounds)) * 1000).toFixed(0)} s`);
  row('longest stall of the main thread', `${most(({ stall }) => stall).toFixed(0)} ms`);
  row('the same of the bare loop, which only waits', `${most(({ stall }) => stall, all.bare).toFixed(0)} ms`);
  row('memory: peak of the process', `${most(({ peak }) => peak).toFixed(0)} MB`);
  row('memory: of that, the analysis', `${most(({ peak, before }) => peak - before).toFixed(0)} MB`);
}
