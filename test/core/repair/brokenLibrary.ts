import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { OWN_NAMESPACE } from '../../../src/adapters/exiftool/fieldTable.ts';
import { isOurSidecar } from '../../../src/adapters/exiftool/isOurSidecar.ts';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeImageFolder } from '../../../src/adapters/files/nodeImageFolder.ts';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { NodeManifests } from '../../../src/adapters/files/nodeManifests.ts';
import { NodeSortedTree } from '../../../src/adapters/files/nodeSortedTree.ts';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import type { JournalEvent, RunPlan } from '../../../src/core/journal/events.ts';
import { fold, imageOf } from '../../../src/core/journal/fold.ts';
import { encodeEvent } from '../../../src/core/journal/journal.ts';
import type { ImageId, RunId } from '../../../src/core/model/ids.ts';
import type { FoundImage } from '../../../src/core/model/image.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import { Repairer, type Repair, type RepairerParts } from '../../../src/core/repair/repairer.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { collect } from '../../adapters/support/collect.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { AT, PLAN, started, storyOf, type Story } from '../journal/story.ts';

const WASM = resolve(import.meta.dirname, '../../../node_modules/sql.js/dist/sql-wasm.wasm');
const { signal } = new AbortController();
/** as we write them, as far as anybody asks */
export const OUR_SIDECAR = `<x:xmpmeta xmlns:ii="${OWN_NAMESPACE}"/>`;

/** Inbox, sorted and working folder with files whose content is a text, and journals that were written by nobody's run. */
export class BrokenLibrary implements AsyncDisposable {
  readonly inbox: string;
  readonly sorted: string;
  readonly working: string;
  readonly clock = new SimulatedClock();
  readonly plan: RunPlan;
  readonly started: JournalEvent;
  readonly journals: NodeJournalFolder;
  readonly undoJournals: NodeJournalFolder;
  private readonly dispose: () => PromiseLike<void>;

  private constructor(root: string, dispose: () => PromiseLike<void>) {
    this.inbox = join(root, 'Inbox');
    this.sorted = join(root, 'Sorted');
    this.working = join(root, '.image-inbox');
    this.plan = { ...PLAN, inbox: this.inbox, sorted: this.sorted };
    this.started = { ...started, plan: this.plan } as JournalEvent;
    this.journals = new NodeJournalFolder(this.working);
    this.undoJournals = new NodeJournalFolder(join(this.working, 'undo'));
    this.dispose = dispose;
  }

  static async create(): Promise<BrokenLibrary> {
    const folder = await temporaryFolder();
    const library = new BrokenLibrary(folder.path, () => folder[Symbol.asyncDispose]());
    for (const path of [library.inbox, library.sorted, library.working]) mkdirSync(path);
    return library;
  }

  put(path: string, content: string): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    return path;
  }

  /** An image that the walk finds; its content is its name. */
  async image(name: string, folder = this.inbox): Promise<Story> {
    const path = this.put(join(folder, name), name);
    return storyOf(
      name,
      (await this.walk(folder)).find((image) => image.path === path),
    );
  }

  async walk(folder = this.inbox): Promise<readonly FoundImage[]> {
    return (await collect(new NodeImageFolder().walk(folder, [], signal))).map(({ image }) => image);
  }

  /** What sorting announces, and does: the image alone. */
  sorting(story: Story, category: string, op: 'move' | 'copy' = 'move'): FileOperation & { readonly from: string } {
    const { path } = story.image;
    const to = join(this.sorted, category, path.slice(path.lastIndexOf('/') + 1));
    return { at: AT, op, from: path, to, sha256: story.sha256 };
  }

  /** The next journal. @returns its path */
  async write(events: readonly JournalEvent[], journals = this.journals): Promise<string> {
    const file = await journals.create(events.map(encodeEvent));
    await file.close();
    return file.path;
  }

  /** Makes lines of a journal unreadable. */
  lose(path: string, ...lines: readonly JournalEvent[]): void {
    const texts = lines.map((event) => encodeEvent(event).slice(0, -1));
    const isLost = (line: string): boolean => texts.some((text) => line.startsWith(text));
    const all = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, all.map((line) => (isLost(line) ? '#'.repeat(line.length) : line)).join('\n'));
  }

  repair(changes: Partial<RepairerParts> = {}, until = signal): Promise<readonly Repair[]> {
    return this.repairer(changes).repair(until);
  }

  repairer(changes: Partial<RepairerParts> = {}): Repairer {
    return new Repairer({
      version: '2',
      clock: this.clock,
      folders: { inbox: this.inbox, sorted: this.sorted, working: this.working },
      newRunId: (at) => `run of ${at.toISOString()}` as RunId,
      files: new NodeFiles(),
      walk: new NodeImageFolder(),
      tree: new NodeSortedTree(this.sorted),
      manifests: new NodeManifests(this.sorted),
      isOurSidecar,
      locks: new NodeRunLocks(this.working),
      journals: this.journals,
      undoJournals: this.undoJournals,
      database: { look: () => Promise.resolve({ kind: 'sound', bytes: 1, answers: 0, sortedFiles: 0 }) },
      openStore: () => Promise.reject(new Error('nobody asked for the database')),
      ...changes,
    });
  }

  openStore(): Promise<SqljsStore> {
    return SqljsStore.open({ file: join(this.working, 'image-inbox.db'), wasm: WASM, log: new CollectedLog() });
  }

  /** of the newest journal, every line of which must be whole */
  async events(journals = this.journals): Promise<JournalEvent[]> {
    const reader = await journals.readLatest();
    const lines = reader ? await collect(reader.lines()) : [];
    return lines.map(({ text }) => JSON.parse(text) as JournalEvent);
  }

  /** What the newest journal tells of an image in the end. */
  async state(id: ImageId): Promise<ImageState | undefined> {
    const events = (await this.events()).filter((event) => imageOf(event) === id);
    return events.reduce<ImageState | undefined>(fold, undefined);
  }

  has(path: string): boolean {
    return existsSync(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

/** Kinds, with the stage where there is one. */
export const told = (events: readonly JournalEvent[]): string =>
  events.map((event) => (event.kind === 'stage-ended' ? event.stage : event.kind)).join(' ');
