import { createRequire } from 'node:module';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeImageFolder } from '../../../src/adapters/files/nodeImageFolder.ts';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { NodeManifests } from '../../../src/adapters/files/nodeManifests.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { readEvents } from '../../../src/core/journal/journal.ts';
import type { RunId } from '../../../src/core/model/ids.ts';
import { resultOf, type ImageState } from '../../../src/core/model/imageState.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { TO_REVIEW } from '../../../src/core/model/review.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import { Engine, type EngineParts, type Equipment, type RunMaterial } from '../../../src/core/pipeline/engine.ts';
import type { RunReport } from '../../../src/core/pipeline/finishRun.ts';
import type { RunEvent } from '../../../src/core/pipeline/observer.ts';
import type { RunRequest } from '../../../src/core/pipeline/planRun.ts';
import type { AnyStage, PutOff, StageContext } from '../../../src/core/pipeline/stage.ts';
import { LockHeld } from '../../../src/core/ports/journalFile.ts';
import type { Store } from '../../../src/core/ports/store.ts';
import { DryRun, type DryRunReport } from '../../../src/core/preview/dryRun.ts';
import { untouchedFiles } from '../../../src/core/preview/untouchedFiles.ts';
import { resolveSettings } from '../../../src/core/settings/resolveSettings.ts';
import { Undoer } from '../../../src/core/undo/undoer.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { collect } from '../../adapters/support/collect.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { MemoryBox } from './memoryBox.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');

export type Script = (state: ImageState, context: StageContext) => Promise<StageOutcome | PutOff>;

/** What a person says of an image whose tags are as they should be. */
export const APPROVED = { decision: 'approved', tags: NO_TAGS } as const;

export interface ManifestText {
  readonly runId: string;
  readonly outcome: string;
  readonly configuration: { readonly folders: object };
  readonly statistics: Readonly<Record<string, unknown>>;
  readonly images: readonly {
    readonly source: string;
    readonly stages: Readonly<Record<string, { status: string }>>;
  }[];
}

/**
 * A workspace in a temporary folder, and runs in it by the real engine: files, journal, database and undo are those of the
 * program, and the stages do what the test says. By themselves they ask a person about each image, and sort it as `Cats`.
 */
export class SmallEngine implements AsyncDisposable {
  readonly files = new NodeFiles();
  readonly clock = new SimulatedClock();
  readonly box = new MemoryBox();
  readonly events: RunEvent[] = [];
  /** what was opened, closed and asked, in order */
  readonly noted: string[] = [];
  readonly materials: RunMaterial[] = [];
  readonly script: Partial<Record<StageId, Script>> = {
    scan: async ({ image }) => {
      const sha256 = await this.files.hash(image.path, new AbortController().signal);
      return { kind: 'done', result: { sha256: sha256 ?? sha256Of(''), md5: '0'.repeat(32), format: 'jpeg' } };
    },
    search: () => Promise.resolve({ kind: 'done', result: { verdict: 'no-match' } }),
    review: ({ decision }) =>
      Promise.resolve(decision ? { kind: 'done', result: decision } : { kind: 'waiting', ...TO_REVIEW }),
    categorize: (state, context) => this.sort(state, context),
  };
  isHeld = false;
  ready: (stage: StageId) => Promise<void> = () => Promise.resolve();
  finish: NonNullable<Equipment['finish']> = () => Promise.resolve();
  /** what is otherwise than in the program */
  parts: Partial<EngineParts> = {};
  readonly root: string;
  private readonly folder: AsyncDisposable;
  private runs = 0;

  private constructor(folder: Awaited<ReturnType<typeof temporaryFolder>>) {
    this.folder = folder;
    this.root = folder.path;
  }

  static async create(...images: readonly string[]): Promise<SmallEngine> {
    const scene = new SmallEngine(await temporaryFolder());
    await mkdir(scene.path('working', 'undo'), { recursive: true });
    await mkdir(scene.path('Inbox'));
    for (const name of images) await scene.put(`Inbox/${name}`);
    return scene;
  }

  readonly path = (...parts: readonly string[]): string => join(this.root, ...parts);

  async put(place: string, text = `picture ${place}`): Promise<string> {
    const path = this.path(place);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    // the walk waits for what was written a moment ago
    const before = new Date(Date.now() - 60_000);
    await utimes(path, before, before);
    return path;
  }

  engine(): Engine {
    return new Engine({ ...this.engineParts(), ...this.parts });
  }

  run(
    request: RunRequest | RunRequest['command'],
    signal = new AbortController().signal,
  ): Promise<RunReport | undefined> {
    return this.engine().run(typeof request === 'string' ? { command: request } : request, signal);
  }

  /** The same parts for a look at what a run would do. */
  dryRun(request: RunRequest, signal = new AbortController().signal): Promise<DryRunReport> {
    const look = new DryRun({
      ...this.engineParts(),
      files: untouchedFiles(this.files),
      openScratch: () => this.openStore(true),
      ...this.parts,
    });
    return look.run(request, { on: (event) => this.events.push(event) }, signal);
  }

  journals(): NodeJournalFolder {
    return new NodeJournalFolder(this.path('working'));
  }

  async openStore(scratch = false): Promise<Store> {
    const store = await SqljsStore.open({
      scratch,
      file: this.path('working', 'image-inbox.db'),
      wasm,
      log: new CollectedLog(),
    });
    this.noted.push('database opened');
    const close = store.close.bind(store);
    store.close = () => {
      this.noted.push('database closed');
      close();
    };
    return store;
  }

  /** A decision of a person on the image of this name. */
  async decide(name: string): Promise<void> {
    const found = this.settled().findLast(({ image }) => basename(image.path) === name);
    if (!found) throw new Error(`${name} has not settled`);
    await this.box.post([{ image: found.image.id, decision: APPROVED }]);
  }

  settled(): readonly ImageState[] {
    return this.events.flatMap((event) => (event.kind === 'image-settled' ? [event.state] : []));
  }

  /** The names of those that have settled since the last call, with how. */
  fates(): Readonly<Record<string, unknown>> {
    const fates = Object.fromEntries(this.settled().map(({ image, fate }) => [basename(image.path), fate]));
    this.events.length = 0;
    return fates;
  }

  warnings(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === 'warning' ? [event.text] : []));
  }

  /** The events of the live journal. */
  async told(): Promise<readonly JournalEvent[]> {
    const reader = await this.journals().readLatest();
    return reader ? (await collect(readEvents(reader).events())).map(({ event }) => event) : [];
  }

  /** The first is the oldest. */
  async manifests(sorted = this.path('Sorted')): Promise<readonly ManifestText[]> {
    const manifests = new NodeManifests(sorted);
    const paths = [...(await manifests.all())].reverse();
    return Promise.all(paths.map(async (path) => JSON.parse(await readFile(path, 'utf8')) as ManifestText));
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.folder[Symbol.asyncDispose]();
  }

  private engineParts(): EngineParts {
    const { files, clock, box } = this;
    return {
      files,
      clock,
      version: '1.0.0',
      manifestsIn: (folder) => new NodeManifests(folder),
      walk: new NodeImageFolder(),
      locks: {
        acquire: (command) => this.acquire(command),
        holder: () => Promise.resolve(undefined),
      },
      journals: this.journals(),
      decisions: box,
      undoer: new Undoer({ files, clock, journals: new NodeJournalFolder(this.path('working', 'undo')) }),
      isOurSidecar: async (path) => (await readFile(path, 'utf8')).startsWith('ours'),
      openStore: () => this.openStore(),
      meter: { take: () => ({}) },
      observer: { on: (event) => this.events.push(event) },
      newRunId: () => `run ${++this.runs}` as RunId,
      configure: (overrides, inbox) => ({
        settings: resolveSettings(overrides),
        folders: { inbox: inbox ?? this.path('Inbox'), sorted: this.path('Sorted'), working: this.path('working') },
      }),
      catchUp: () => {
        this.noted.push('catch up');
        return Promise.resolve();
      },
      equip: (_, material) => this.equip(material),
    };
  }

  private acquire(command: string): ReturnType<EngineParts['locks']['acquire']> {
    if (this.isHeld) return Promise.reject(new LockHeld(1, 'A run is on.'));
    this.isHeld = true;
    this.noted.push(`lock for ${command}`);
    return Promise.resolve({
      release: () => {
        this.isHeld = false;
        this.noted.push('unlock');
        return Promise.resolve();
      },
    });
  }

  private equip(material: RunMaterial): Equipment {
    this.materials.push(material);
    this.noted.push('equip');
    const stages = (Object.entries(this.script) as [StageId, Script][]).map(([id, run], i, all) => ({
      id,
      needs: all.slice(0, i).map(([need]) => need),
      concurrency: 2,
      run,
      ready: () => this.ready(id),
    }));
    return {
      stages: stages as unknown as AnyStage[],
      finish: (signal) => {
        this.noted.push('finish');
        return this.finish(signal);
      },
      close: () => {
        this.noted.push('equipment closed');
        return Promise.resolve();
      },
    };
  }

  /** Takes an image, and its sidecar, to the category. */
  private async sort(state: ImageState, context: StageContext): Promise<StageOutcome> {
    const { path } = state.image;
    const to = this.path('Sorted', 'Cats', basename(path));
    const at = new Date(this.clock.now()).toISOString();
    const sha256 = resultOf(state, 'scan')?.sha256;
    if (!sha256) throw new Error('it was not scanned');
    const beside = await this.files.hash(`${path}.xmp`, context.signal);
    const planned: FileOperation[] = [
      ...(beside ? [{ at, op: 'move', from: `${path}.xmp`, to: `${to}.xmp`, sha256: beside } as const] : []),
      { at, op: 'move', from: path, to, sha256 },
    ];
    await context.intend(planned);
    const made = await this.files.makeFolder(dirname(to));
    if (beside) await this.files.move(`${path}.xmp`, `${to}.xmp`, beside, context.signal);
    await this.files.move(path, to, sha256, context.signal);
    await context.operated([...made.map((folder): FileOperation => ({ at, op: 'mkdir', to: folder })), ...planned]);
    const result = { suggested: 'Cats', learned: false, final: 'Cats', because: 'a rule', destination: to };
    return { kind: 'done', result };
  }
}
