import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import { compose, type Composition, type Host } from '../../../src/compose.ts';
import { systemClock } from '../../../src/systemClock.ts';
import { composeRepair } from '../../../src/composeRepair.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import type { RunEvent } from '../../../src/core/pipeline/observer.ts';
import type { Repair } from '../../../src/core/repair/repairer.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { contents, filesBelow, type Manifest } from '../../cli/commandLine.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const NAMES = ['a.png', "b 'quoted'.png", '画像/c 🌄.png', '画像/d.png'];

/** A workspace of four small pictures whose runs ask nobody, and that can be put back to how it was. */
export class SmallLibrary implements AsyncDisposable {
  readonly root: string;
  readonly dir: string;
  readonly inbox: string;
  readonly sorted: string;
  readonly log = new CollectedLog();
  /** how often each content was in the inbox */
  before = new Map<string, number>();
  settings: Record<string, unknown> = {};
  clock: Host['clock'] = systemClock;
  private readonly dispose: () => PromiseLike<void>;

  private constructor(root: string, dispose: () => PromiseLike<void>) {
    this.root = root;
    this.dir = join(root, 'library');
    this.inbox = join(this.dir, 'Inbox');
    this.sorted = join(this.dir, 'Sorted');
    this.dispose = dispose;
  }

  static async create(): Promise<SmallLibrary> {
    const folder = await temporaryFolder();
    const library = new SmallLibrary(folder.path, () => folder[Symbol.asyncDispose]());
    for (const [n, name] of NAMES.entries()) await library.put(name, n);
    library.before = contents(library.inbox);
    return library;
  }

  /** A picture of its own for each number. */
  async put(name: string, n: number): Promise<void> {
    const path = join(this.inbox, name);
    mkdirSync(dirname(path), { recursive: true });
    const background = { r: 40 * n, g: 100, b: 200 };
    writeFileSync(
      path,
      await sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toBuffer(),
    );
    // a whole second: a copy's time is rounded, and an image of another time is another image
    utimesSync(path, 1_700_000_000 + n, 1_700_000_000 + n);
  }

  compose(on: (event: RunEvent) => void = () => undefined): Composition {
    return compose({ ...this.host(), secrets: {}, observer: { on } }, {});
  }

  /** @param stopAt the run is interrupted as soon as this is so */
  async run(command: 'process' | 'resume', stopAt: (event: RunEvent) => boolean = () => false): Promise<void> {
    const abort = new AbortController();
    const composition = this.compose((event) => {
      if (stopAt(event)) abort.abort(new Error('stopped'));
    });
    await composition.engine.run({ command, offline: true }, abort.signal);
  }

  repair(): Promise<readonly Repair[]> {
    return composeRepair(this.host(), {}).repair(new AbortController().signal);
  }

  working(...names: readonly string[]): string {
    return join(this.dir, '.image-inbox', ...names);
  }

  /** absolute path of the live journal */
  get journal(): string {
    return this.working('journal', readdirSync(this.working('journal')).sort().at(-1) ?? '');
  }

  get lines(): string[] {
    return readFileSync(this.journal, 'utf8').split('\n').slice(0, -1);
  }

  get events(): JournalEvent[] {
    return this.lines.map((line) => JSON.parse(line) as JournalEvent);
  }

  /** Makes the lines of these numbers unreadable. */
  damage(isLost: (event: JournalEvent, n: number) => boolean): number {
    const events = this.events;
    const lines = this.lines.map((line, n) => (isLost(events[n]!, n) ? '#'.repeat(line.length) : line));
    writeFileSync(this.journal, `${lines.join('\n')}\n`);
    return lines.filter((line) => line.startsWith('#')).length;
  }

  keep(): void {
    cpSync(this.dir, join(this.root, 'kept'), { recursive: true, preserveTimestamps: true });
  }

  restore(): void {
    rmSync(this.dir, { recursive: true, force: true });
    cpSync(join(this.root, 'kept'), this.dir, { recursive: true, preserveTimestamps: true });
  }

  /** by its name, that is by the time at which its run ended */
  manifest(): Manifest {
    const name = readdirSync(this.sorted).filter((n) => n.startsWith('manifest_')).sort().at(-1); // prettier-ignore
    return JSON.parse(readFileSync(join(this.sorted, name ?? 'none'), 'utf8')) as Manifest;
  }

  /** relative paths of the images in Sorted */
  sortedImages(): readonly string[] {
    return filesBelow(this.sorted).filter((f) => f.endsWith('.png'));
  }

  host(): Omit<Host, 'secrets' | 'observer'> {
    return {
      version: '0.0.0-test',
      workspace: this.dir,
      settings: { 'stages.analyze': false, 'workflow.batchSize': 2, ...this.settings },
      assets: {
        analyzerWorker: join(ROOT, 'dist/analyzerWorker.js'),
        models: join(ROOT, 'media/models'),
        exiftoolConfig: join(ROOT, 'media/exiftool/image-inbox.config'),
        sqlWasm: join(ROOT, 'node_modules/sql.js/dist/sql-wasm.wasm'),
      },
      log: this.log,
      clock: this.clock,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
