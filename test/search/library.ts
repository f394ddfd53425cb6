import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { compose, type Composition, type Host } from '../../src/compose.ts';
import type { RunEvent } from '../../src/core/pipeline/observer.ts';
import { dice } from '../../scripts/samples/dice.ts';
import { CollectedLog } from '../adapters/support/collectedLog.ts';
import { SimulatedClock } from '../adapters/support/simulatedClock.ts';
import { temporaryFolder } from '../adapters/support/temporaryFolder.ts';
import type { Manifest } from '../cli/commandLine.ts';
import type { Post } from '../services/posts.ts';
import { sampleSaucenaoKey } from '../services/saucenao.ts';
import { startServices, type Services, type ServicesOptions } from '../services/start.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A workspace whose runs are searches alone, with stand-ins behind it and a clock that all of them go by. */
export class Library implements AsyncDisposable {
  readonly dir: string;
  readonly inbox: string;
  readonly sorted: string;
  readonly clock = new SimulatedClock();
  readonly log = new CollectedLog();
  readonly events: RunEvent[] = [];
  /** added to the settings of the next run */
  settings: Record<string, unknown> = {};
  secrets: Host['secrets'] = { saucenaoApiKey: sampleSaucenaoKey };
  private started: Services | undefined;
  private readonly dispose: () => PromiseLike<void>;

  private constructor(dir: string, dispose: () => PromiseLike<void>) {
    this.dir = dir;
    this.inbox = join(dir, 'Inbox');
    this.sorted = join(dir, 'Sorted');
    this.dispose = dispose;
    mkdirSync(this.inbox);
  }

  static async create(): Promise<Library> {
    const folder = await temporaryFolder();
    return new Library(folder.path, () => folder[Symbol.asyncDispose]());
  }

  async serve(posts: readonly Post[], options: ServicesOptions = {}): Promise<Services> {
    this.started = await startServices(posts, { now: () => this.clock.now(), ...options });
    return this.started;
  }

  get services(): Services {
    if (!this.started) throw new Error('no services yet');
    return this.started;
  }

  compose(): Composition {
    const { saucenao, iqdb, danbooru, yandere, konachan, safebooru } = this.services;
    return compose(
      {
        version: '0.0.0-test',
        workspace: this.dir,
        settings: {
          'saucenao.endpoint': saucenao.url,
          'iqdb.endpoint': iqdb.url,
          'danbooru.endpoint': danbooru.url,
          'yandere.endpoint': yandere.url,
          'konachan.endpoint': konachan.url,
          'safebooru.endpoint': safebooru.url,
          'stages.review': false,
          'stages.xmp': false,
          'stages.analyze': false,
          'stages.categorize': false,
          'stages.sync': false,
          ...this.settings,
        },
        secrets: this.secrets,
        assets: {
          analyzerWorker: join(ROOT, 'dist/analyzerWorker.js'),
          lookWorker: join(ROOT, 'dist/lookWorker.js'),
          models: join(ROOT, 'media/models'),
          exiftoolConfig: join(ROOT, 'media/exiftool/image-inbox.config'),
          sqlWasm: join(ROOT, 'node_modules/sql.js/dist/sql-wasm.wasm'),
        },
        log: this.log,
        observer: { on: (event) => void this.events.push(event) },
        clock: this.clock,
      },
      {},
    );
  }

  async run(command: 'process' | 'resume' = 'process', signal = new AbortController().signal): Promise<Manifest> {
    const report = await this.compose().engine.run({ command, overrides: {} }, signal);
    if (!report) throw new Error('there was nothing to do');
    return JSON.parse(readFileSync(report.manifest, 'utf8')) as Manifest;
  }

  /** Everything that runs have written, the pictures left out. */
  written(): string {
    const texts = readdirSync(this.dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(jpg|png|webp)$/.test(entry.name))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    return [...texts, ...this.log.lines, JSON.stringify(this.events)].join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.started?.close();
    await this.dispose();
  }
}

/** A small JPEG with shapes and colours of its own; the same number gives the same one. */
export function smallPicture(number: number): Promise<Buffer> {
  const roll = dice(number * 7919 + 17);
  const [width, height] = [256 + 8 * Math.floor(roll() * 8), 192];
  const at = (size: number): string => (roll() * size).toFixed(0);
  const colour = (): string => `hsl(${at(360)} ${at(100)}% ${at(100)}%)`;
  const shapes = Array.from(
    { length: 14 },
    (_, i) =>
      `<ellipse cx="${at(width)}" cy="${at(height)}" rx="${at(i < 6 ? 130 : 40)}" ry="${at(i < 6 ? 110 : 40)}" fill="${colour()}"/>`,
  ).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${colour()}"/>${shapes}</svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer();
}
