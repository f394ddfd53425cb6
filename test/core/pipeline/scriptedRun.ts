import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { Digest } from '../../../src/core/journal/digest.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { fold, imageOf } from '../../../src/core/journal/fold.ts';
import { encodeEvent, Journal } from '../../../src/core/journal/journal.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { FoundImage } from '../../../src/core/model/image.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import type { RunEvent } from '../../../src/core/pipeline/observer.ts';
import type { PutBack } from '../../../src/core/pipeline/decisions.ts';
import { Runner, type RunnerInput } from '../../../src/core/pipeline/runner.ts';
import type { AnyStage, PutOff, Stage, StageContext } from '../../../src/core/pipeline/stage.ts';
import type { Letter, PostedDecision } from '../../../src/core/ports/decisionBox.ts';
import type { Discovery } from '../../../src/core/ports/imageFolder.ts';
import type { JournalFile } from '../../../src/core/ports/journalFile.ts';
import type { RequestMeter } from '../../../src/core/ports/requestMeter.ts';
import type { SortedFile, Store } from '../../../src/core/ports/store.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { started, storyOf } from '../journal/story.ts';
import { MemoryPreferences } from '../learning/memoryPreferences.ts';

type Said = StageOutcome | PutOff;

/** Holds whoever comes until it is opened. */
export class Gate {
  private readonly opened = Promise.withResolvers<undefined>();
  readonly pass = (): Promise<undefined> => this.opened.promise;
  open(): void {
    this.opened.resolve(undefined);
  }
}

/** What a stage does for an image; with nothing said it is done. */
export type Script = (
  state: ImageState,
  context: StageContext,
  name: string,
) => Said | undefined | Promise<Said | undefined>;

export interface ScriptedStage {
  /** absent: the one that is given before it */
  readonly needs?: readonly StageId[];
  /** absent: 8 */
  readonly concurrency?: number;
  readonly run?: Script;
  readonly plan?: Stage['plan'];
}

export type Stages = Readonly<Partial<Record<StageId, ScriptedStage | Script>>>;

export interface ScriptedRunOptions {
  readonly open?: readonly ImageState[];
  readonly parked?: readonly ImageState[];
  readonly nobodyDecides?: boolean;
  readonly meter?: RequestMeter;
  readonly putBack?: (state: ImageState, alone: boolean) => Promise<PutBack>;
}

/** For one image alone; it is done with the others. */
export const only =
  (name: string, script: Script): Script =>
  (state, context, given) =>
    given === name ? script(state, context, given) : undefined;

/** One after the other, whichever image comes; those that come later are done. */
export const throwing = (...errors: readonly unknown[]): Script => {
  const left = [...errors];
  return () => {
    if (left.length > 0) throw left.shift();
  };
};

/** An image's state after these events. */
export const stateAfter = (...events: readonly JournalEvent[]): ImageState =>
  events.reduce<ImageState | undefined>(fold, undefined)!;

/** The lines before those of the runner. */
const beginningOf = ({ open = [], parked = [] }: ScriptedRunOptions): readonly JournalEvent[] => [
  started,
  ...[...open, ...parked].map((state): JournalEvent => ({ kind: 'image-carried', state })),
];

export const nameOf = ({ path }: FoundImage): string => basename(path);

export async function* discovered(...found: readonly (string | Discovery)[]): AsyncGenerator<Discovery> {
  for (const one of found) yield typeof one === 'string' ? { kind: 'image', image: storyOf(one).image } : one;
}

/**
 * The runner with a journal in a temporary folder and stages that do as they are told. `notes` tells in one order what stages
 * began, which lines were on file, and what the host heard.
 */
export class ScriptedRun implements AsyncDisposable {
  readonly notes: string[] = [];
  readonly told: RunEvent[] = [];
  /** lines that somebody waited for to be on the disk */
  readonly durable: string[] = [];
  readonly letters: Letter[] = [];
  readonly clock = new SimulatedClock();
  readonly stopping = new AbortController();
  readonly runner: Runner;
  /** called with each line before its writer hears that it is on file */
  onLine: (event: JournalEvent) => void | Promise<void> = () => undefined;
  private readonly names = new Map<ImageId, string>();
  /** lines that are not on file yet */
  private writing = 0;
  private readonly options: ScriptedRunOptions;
  private readonly journal: Journal;
  private readonly folder: AsyncDisposable;

  private constructor(stages: Stages, options: ScriptedRunOptions, file: JournalFile, folder: AsyncDisposable) {
    this.options = options;
    this.folder = folder;
    const append = file.append.bind(file);
    file.append = async (text, durable) => {
      this.writing++;
      await append(text, durable).finally(() => this.writing--);
      const event = JSON.parse(text) as JournalEvent;
      await this.onLine(event);
      const line = this.lineOf(event);
      if (durable) this.durable.push(line);
      this.note(`line: ${line}`);
    };
    const synced = file.synced.bind(file);
    file.synced = async () => {
      const lines = this.of('line: ');
      await synced();
      this.durable.push(...lines.filter((line) => !this.durable.includes(line)));
      this.note('on the disk');
    };
    const digest = new Digest();
    for (const event of beginningOf(options)) digest.apply(event);
    for (const { image } of [...(options.open ?? []), ...(options.parked ?? [])])
      this.names.set(image.id, nameOf(image));
    this.journal = new Journal(file);
    this.journal.follow(digest);
    const { meter = { take: () => ({}) }, nobodyDecides, putBack } = options;
    this.runner = new Runner({
      stages: Object.entries(stages).map(([id, stage], i, all) => this.staged(id as StageId, stage, all[i - 1]?.[0])),
      journal: this.journal,
      store: {
        rememberAnswer: () => this.note('database: answered'),
        forgetSorted: (_: unknown, path: string) => this.note(`database: forgets ${path}`),
        sortedFiles: () => [],
        wasSorted: () => false,
        rememberSorted: ({ path }: SortedFile) => this.note(`database: knows ${path}`),
        preferences: new MemoryPreferences(),
      } as unknown as Store,
      clock: this.clock,
      meter,
      observer: {
        on: (event) => {
          this.told.push(event);
          this.note(`told: ${this.textOf(event)}`);
        },
      },
      ...(!nobodyDecides && {
        people: {
          box: { unread: () => Promise.resolve([...this.letters]) },
          statesOf: (ids) =>
            new Map([...digest.unfinished()].flatMap(({ state }) => (ids.has(state.image.id) ? [[state.image.id, state]] : []))), // prettier-ignore
          putBack: async (state, alone) => {
            this.note(`puts back ${nameOf(state.image)}`);
            return (await putBack?.(state, alone)) ?? { kind: 'back', notes: [] };
          },
        },
      }),
    });
  }

  static async begin(stages: Stages, options: ScriptedRunOptions = {}): Promise<ScriptedRun> {
    const folder = await temporaryFolder();
    const file = await new NodeJournalFolder(folder.path).create(beginningOf(options).map(encodeEvent));
    try {
      return new ScriptedRun(stages, options, file, folder);
    } catch (error) {
      await file.close();
      await folder[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs through the inbox with these images in it, and what is given otherwise. */
  go(found: readonly (string | Discovery)[] = [], input: Partial<RunnerInput> = {}): Promise<boolean> {
    const { open = [], parked = [] } = this.options;
    const known = new Set([...open, ...parked].map(({ image }) => image.id));
    return this.runner.run({
      open,
      parked,
      canStart: () => true,
      hold: undefined,
      isStillThere: () => Promise.resolve(true),
      disown: () => Promise.resolve(undefined),
      discoveries: discovered(...found),
      isKnown: (id) => known.has(id),
      passOver: () => Promise.resolve(undefined),
      off: new Map(),
      inFlight: 8,
      signal: this.stopping.signal,
      ...input,
    });
  }

  /** Leaves a letter in the box; the runner looks into it when it is told to. */
  post(...decisions: readonly PostedDecision[]): void {
    const letter: Letter = {
      decisions,
      remove: () => {
        this.letters.splice(this.letters.indexOf(letter), 1);
        this.note('letter removed');
        return Promise.resolve();
      },
    };
    this.letters.push(letter);
  }

  /** Until what was noted so far, or comes, is so. @throws Error when nothing more comes */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      const { length } = this.notes;
      await this.idle(100);
      if (this.notes.length === length && !isSo()) throw new Error(`nothing more comes after ${this.notes.join('; ')}`);
    }
  }

  noted(note: string): Promise<void> {
    return this.until(() => this.notes.includes(note));
  }

  /** Until nothing more comes of what has happened: all that is written is on file, and nobody has begun anything. */
  async quiet(): Promise<void> {
    for (let length = -1; length !== this.notes.length;) {
      ({ length } = this.notes);
      await this.idle(10);
    }
  }

  /** The notes that begin so, without that. */
  of(beginning: string): readonly string[] {
    return this.notes.flatMap((note) => (note.startsWith(beginning) ? [note.slice(beginning.length)] : []));
  }

  /** `a.jpg processed` for each end that was told. */
  get ends(): readonly string[] {
    return this.of('told: image-settled ');
  }

  get warnings(): readonly string[] {
    return this.told.flatMap((event) => (event.kind === 'warning' ? [event.text] : []));
  }

  /** The lines that the runner has added to the journal, read from the file. */
  async lines(): Promise<readonly JournalEvent[]> {
    const events: JournalEvent[] = [];
    for await (const { event } of this.journal.events()) events.push(event);
    return events.slice(beginningOf(this.options).length);
  }

  /** What the journal says of an image. */
  async stateOnFile(id: ImageId): Promise<ImageState | undefined> {
    const events = [...beginningOf(this.options), ...(await this.lines())];
    return events.filter((event) => imageOf(event) === id).reduce<ImageState | undefined>(fold, undefined);
  }

  note(note: string): void {
    this.notes.push(note);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.journal.close();
    await this.folder[Symbol.asyncDispose]();
  }

  /** Until nothing was noted, and nothing written, in so many turns of the loop; or something was noted. */
  private async idle(turns: number): Promise<void> {
    const { length } = this.notes;
    for (let turn = 0; turn < turns && this.notes.length === length; turn += this.writing > 0 ? 0 : 1)
      await setImmediate();
  }

  private staged(id: StageId, given: ScriptedStage | Script, before: string | undefined): AnyStage {
    const script: ScriptedStage = typeof given === 'function' ? { run: given } : given;
    const stage: Omit<Stage, 'id'> = {
      needs: script.needs ?? (before === undefined ? [] : [before as StageId]),
      concurrency: script.concurrency ?? 8,
      run: async (state, context) => {
        const name = nameOf(state.image);
        this.note(`${id} ${name}`);
        const { sha256 } = storyOf(name);
        return (
          (await script.run?.(state, context, name)) ?? { kind: 'done', result: { sha256, md5: '', format: 'jpeg' } }
        );
      },
      ...(script.plan && { plan: script.plan }),
    };
    return { id, ...stage } as unknown as AnyStage;
  }

  private lineOf(event: JournalEvent): string {
    if ('image' in event && typeof event.image === 'object') this.names.set(event.image.id, nameOf(event.image));
    const id = imageOf(event);
    return [
      event.kind,
      ...('stage' in event ? [event.stage] : []),
      ...(id === undefined ? [] : [this.names.get(id) ?? id]),
      ...('fate' in event ? [event.fate] : []),
    ].join(' ');
  }

  private textOf(event: RunEvent): string {
    const image = 'state' in event ? event.state.image : 'image' in event ? event.image : undefined;
    return [
      event.kind,
      ...('stage' in event ? [event.stage] : []),
      ...(image === undefined ? [] : [typeof image === 'string' ? (this.names.get(image) ?? image) : nameOf(image)]),
      ...(event.kind === 'image-settled' ? [event.state.fate] : []),
    ].join(' ');
  }
}
