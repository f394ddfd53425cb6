import { ImageError } from '../../../src/core/model/failure.ts';
import type { Announcement, Announcer } from '../../../src/core/photoServer/announcer.ts';
import type { ServerChange, ServerChanges } from '../../../src/core/photoServer/serverChange.ts';
import type { SyncAnswer } from '../../../src/core/ports/syncTarget.ts';
import { isSame } from '../../../src/core/sync/decideTransfer.ts';
import { Mirror } from '../../../src/core/sync/mirror.ts';
import { foldPlace } from '../../../src/core/sync/places.ts';
import type { SortedFile, SortedFolder, SortedItem } from '../../../src/core/sync/sortedFolder.ts';
import {
  NasUnreachable,
  type Cargo,
  type Deliveries,
  type Delivery,
  type FileFacts,
  type Hooks,
  type SyncEngine,
  type There,
} from '../../../src/core/sync/syncEngine.ts';
import type { SyncEvent, SyncOrder, SyncSummary } from '../../../src/core/sync/syncOrder.ts';
import type { SyncRecord, SyncRecords } from '../../../src/core/sync/syncRecords.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';

export const never = new AbortController().signal;
export const ROOT = '/library/Sorted';
export const TIME = Date.parse('2019-05-04T03:02:01Z');
export const LATER = TIME + 60_000;

interface MemoryFile {
  readonly content: string;
  readonly mtimeMs: number;
}

const factsOf = ({ content, mtimeMs }: MemoryFile): FileFacts => ({ size: Buffer.byteLength(content), mtimeMs });

/** The sorted folder: images and sidecars by their places. */
export class MemorySorted implements SortedFolder {
  readonly files = new Map<string, MemoryFile>();
  /** places that can't be looked at */
  readonly closed = new Set<string>();

  put(place: string, content: string, mtimeMs = TIME): string {
    this.files.set(place, { content, mtimeMs });
    return `${ROOT}/${place}`;
  }

  contentOf(path: string): string {
    return this.files.get(path.slice(ROOT.length + 1))?.content ?? '';
  }

  async *walk(root: string): AsyncGenerator<readonly SortedItem[]> {
    const fileAt = (place: string): SortedFile => ({ path: `${root}/${place}`, ...factsOf(this.files.get(place)!) });
    for (const place of [...this.files.keys()].sort()) {
      if (place.endsWith('.xmp')) continue;
      if (this.closed.has(place)) {
        yield [{ kind: 'problem', path: `${root}/${place}`, message: 'it can’t be read' }];
        continue;
      }
      const sidecar = `${place}.xmp`;
      yield [{ kind: 'unit', files: [...(this.files.has(sidecar) ? [fileAt(sidecar)] : []), fileAt(place)] }];
    }
  }

  async facts(path: string): Promise<FileFacts | undefined> {
    const place = path.slice(ROOT.length + 1);
    if (this.closed.has(place)) throw new ImageError('unreadable', `${path} can’t be read.`);
    const file = this.files.get(place);
    return file && factsOf(file);
  }
}

/** A NAS that keeps its promises, in memory, and writes down what it was asked for. */
export class MemoryNas implements SyncEngine {
  keepsTimes = true;
  free: number | undefined;
  /** why it can't be reached */
  away: string | undefined;
  /** takes names for one that differ only by case */
  folds = false;
  /** places of which it does not say what is there */
  readonly closed = new Set<string>();
  /** by place; `folder`: no regular file */
  readonly files = new Map<string, MemoryFile | 'folder'>();
  readonly folders = new Map<string, string[]>();
  readonly asked: string[] = [];
  /** how the next tries to bring a place fail */
  readonly troubles = new Map<string, ImageError[]>();
  /** places that stay where they are */
  readonly stuck = new Set<string>();
  /** happens before files are brought */
  onBring: (cargo: readonly Cargo[]) => void | Promise<void> = () => undefined;
  private readonly sorted: MemorySorted;

  constructor(sorted: MemorySorted) {
    this.sorted = sorted;
  }

  /** `place: content` */
  contents(): Readonly<Record<string, string>> {
    const files = [...this.files].map(([place, file]) => [place, file === 'folder' ? file : file.content] as const);
    return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** What was asked that begins with this word. */
  askedFor(word: string): readonly string[] {
    return this.asked.filter((one) => one.split(' ')[0] === word).map((one) => one.slice(word.length + 1));
  }

  put(place: string, content: string, mtimeMs = TIME): void {
    this.files.set(this.keyOf(place), { content, mtimeMs });
  }

  nameOf(place: string): string {
    return `/nas/${place}`;
  }

  async look(places: readonly string[]): Promise<ReadonlyMap<string, There>> {
    this.ask('look', ...places);
    const found = places.flatMap((place): [string, There][] => {
      if (this.closed.has(place)) return [[place, { kind: 'unseen', why: 'it is locked' }]];
      const file = this.files.get(this.keyOf(place));
      if (!file) return [];
      return [[place, file === 'folder' ? { kind: 'other' } : { kind: 'file', ...factsOf(file) }]];
    });
    return new Map(found);
  }

  async same(files: readonly Pick<Cargo, 'place' | 'source'>[]): Promise<ReadonlySet<string>> {
    this.ask('same', ...files.map(({ place }) => place));
    const same = files.filter(({ place, source }) => {
      const there = this.files.get(this.keyOf(place));
      return there !== undefined && there !== 'folder' && there.content === this.sorted.contentOf(source);
    });
    return new Set(same.map(({ place }) => place));
  }

  async bring(cargo: readonly Cargo[], { onBytes, signal }: Hooks): Promise<Deliveries> {
    this.ask('bring', ...cargo.map(({ place }) => place));
    await this.onBring(cargo);
    signal.throwIfAborted();
    const deliveries = new Map<string, Delivery>();
    for (const one of cargo) {
      deliveries.set(one.place, this.bringOne(one));
      onBytes?.(one.size);
    }
    return deliveries;
  }

  async putAway(places: readonly string[], folder: string): Promise<ReadonlyMap<string, ImageError>> {
    this.ask('put away', ...places);
    const stayed = new Map<string, ImageError>();
    for (const place of places) {
      const file = this.files.get(this.keyOf(place));
      if (!file || this.stuck.has(place)) stayed.set(place, new ImageError('not-writable', `${place} is stuck.`));
      else {
        this.files.set(`${folder}/${place}`, file);
        this.files.delete(this.keyOf(place));
      }
    }
    return stayed;
  }

  async foldersIn(folder: string): Promise<readonly string[]> {
    this.ask('folders', folder);
    return this.folders.get(folder) ?? [];
  }

  async removeFolder(folder: string): Promise<void> {
    this.ask('remove', folder);
  }

  async freeBytes(): Promise<number | undefined> {
    this.ask('free');
    return this.free;
  }

  async isEmpty(): Promise<boolean> {
    this.ask('empty');
    return this.files.size === 0;
  }

  async clean(): Promise<void> {
    this.ask('clean');
  }

  async close(): Promise<void> {
    this.asked.push('close');
  }

  private bringOne({ place, source, size, mtimeMs, replaces }: Cargo): Delivery {
    const trouble = this.troubles.get(place)?.shift();
    if (trouble) return { kind: 'failed', error: trouble };
    const there = this.files.get(this.keyOf(place));
    if (there && (there === 'folder' || !replaces || !isSame(factsOf(there), replaces))) {
      return { kind: 'failed', error: new ImageError('exists', `${place} appeared or was changed.`) };
    }
    const file = { content: this.sorted.contentOf(source), mtimeMs: this.keepsTimes ? mtimeMs : LATER + size };
    this.files.set(this.keyOf(place), file);
    return { kind: 'arrived', facts: factsOf(file) };
  }

  private keyOf(place: string): string {
    return this.folds ? foldPlace(place) : place;
  }

  private ask(...words: readonly string[]): void {
    this.asked.push(words.join(' '));
    if (this.away !== undefined) throw new NasUnreachable(this.away);
  }
}

/** What a process remembers, and the next one finds. */
export class MemoryRecords implements SyncRecords {
  readonly records = new Map<string, SyncRecord>();
  /** what was written, in its order: `a.png intended` */
  readonly written: string[] = [];
  closed = 0;

  of(place: string): SyncRecord | undefined {
    return this.records.get(place);
  }

  all(): Iterable<SyncRecord> {
    return this.records.values();
  }

  async write(records: readonly SyncRecord[]): Promise<void> {
    for (const record of records) {
      this.records.set(record.place, record);
      this.written.push(`${record.place} ${record.state}`);
    }
  }

  async forget(places: readonly string[]): Promise<void> {
    for (const place of places) this.records.delete(place);
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

/** What a photo server has to hear of. */
export class MemoryChanges implements ServerChanges {
  list: readonly ServerChange[] = [];

  async add(changes: readonly ServerChange[]): Promise<void> {
    this.list = [...this.list, ...changes];
  }

  async all(): Promise<readonly ServerChange[]> {
    return this.list;
  }

  async clear(): Promise<void> {
    this.list = [];
  }
}

/** A sorted folder, a NAS, and the mirror between them. */
export class MemoryLibrary {
  readonly sorted = new MemorySorted();
  readonly nas = new MemoryNas(this.sorted);
  readonly records = new MemoryRecords();
  readonly changes = new MemoryChanges();
  readonly clock = new SimulatedClock(Date.parse('2026-01-31T14:25:00.500Z'));
  /** what the photo server was told when */
  readonly announced: (readonly ServerChange[])[] = [];
  /** these three count from the next run on */
  verify: 'size' | 'checksum' = 'size';
  exclude: readonly string[] = ['@eaDir'];
  hasPhotoServer = true;
  openRecords = (): Promise<SyncRecords> => Promise.resolve(this.records);
  mirror = this.open();

  /** ends the run, and begins another */
  async restart(): Promise<void> {
    await this.mirror.close();
    this.mirror = this.open();
  }

  put(...places: readonly string[]): Promise<SyncAnswer> {
    return this.mirror.put({ files: places.map((place) => `${ROOT}/${place}`), root: ROOT }, never);
  }

  async everything(
    order: Partial<SyncOrder> = {},
    signal = never,
  ): Promise<SyncSummary & { readonly events: readonly SyncEvent[] }> {
    const events: SyncEvent[] = [];
    const on = (event: SyncEvent): void => void events.push(event);
    const all = { root: ROOT, dryRun: false, delete: false, confirm: () => Promise.resolve(true), on, ...order };
    const summary = await this.mirror.everything(all, signal);
    return { ...summary, events };
  }

  private open(): Mirror {
    const announcement: Announcement = {
      kind: 'asked', server: 'Immich', library: 'Art', changed: 0, readAgain: 0, samples: [],
    }; // prettier-ignore
    const announcer = {
      announce: async () => {
        this.announced.push(this.changes.list);
        return announcement;
      },
      close: async () => void this.nas.asked.push('close announcer'),
    } as unknown as Announcer;
    return new Mirror({
      engine: this.nas,
      openRecords: () => this.openRecords(),
      sorted: this.sorted,
      clock: this.clock,
      exclude: this.exclude,
      verify: this.verify,
      ...(this.hasPhotoServer && { photoServer: { changes: this.changes, announcer } }),
    });
  }
}

/** `place fate`, of every file that something was told of. */
export const fates = ({ events }: { readonly events: readonly SyncEvent[] }): readonly string[] =>
  events.flatMap((event) => (event.kind === 'file' ? [`${event.place} ${event.fate}`] : []));

/** Why something became of a place. */
export const whyOf = ({ events }: { readonly events: readonly SyncEvent[] }, place: string): string | undefined =>
  events.flatMap((event) => (event.kind === 'file' && event.place === place ? [event.why] : [])).at(-1);

export const counts = ({ events: _, ...summary }: SyncSummary & { readonly events: readonly SyncEvent[] }) => summary;
