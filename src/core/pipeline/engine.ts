import { dirname } from 'node:path';
import { Digest } from '../journal/digest.ts';
import type { JournalEvent, RunPlan } from '../journal/events.ts';
import { encodeEvent, Journal } from '../journal/journal.ts';
import { replay, type Replay } from '../journal/replay.ts';
import type { ImageId, RunId } from '../model/ids.ts';
import type { ImageState } from '../model/imageState.ts';
import type { StageId } from '../model/stageId.ts';
import type { DecisionBox } from '../ports/decisionBox.ts';
import type { ImageFolder } from '../ports/imageFolder.ts';
import type { JournalFile, JournalFolder, RunLocks } from '../ports/journalFile.ts';
import type { RequestMeter } from '../ports/requestMeter.ts';
import type { Store } from '../ports/store.ts';
import { manifestEntry, MANIFEST_VERSION } from '../report/manifest.ts';
import type { Folders } from '../settings/folders.ts';
import { planUndo } from '../undo/planUndo.ts';
import { readManifest } from '../undo/runManifest.ts';
import { LEFT_BECAUSE, type Undoer } from '../undo/undoer.ts';
import { checkpoint, Checkpoints } from './checkpoints.ts';
import { finishRun, type FinishParts, type RunReport } from './finishRun.ts';
import type { RunObserver } from './observer.ts';
import { configurationOf, endOf, goesOn, inboxesOf, isCutOff, isOver, planRun, stagesOff, whyUnsearched, type Configuration, type Configure, type RunRequest } from './planRun.ts'; // prettier-ignore
import { writtenForReplaced, type ReplacedParts } from './replaced.ts';
import { OF_ANOTHER_RUN, type PutBack } from './decisions.ts';
import { SortedRoot } from './sortedRoot.ts';
import { Runner, type Hold } from './runner.ts';
import type { AnyStage } from './stage.ts';
import {
  isStillThere,
  waitingAway,
  waitsBeyond,
  waitsForQuota,
  wanted,
  wantedBy,
  wentAway,
  whyPassedOver,
} from './takeUp.ts';

/** What the stages of one run are made of; `close` ends the processes and workers behind them. */
export interface Equipment {
  readonly stages: readonly AnyStage[];
  /** After a run in which all images are through; what it can't do is left to the next run. */
  finish?(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** What the stages of one run share. */
export interface RunMaterial {
  readonly store: Store;
  readonly sorted: SortedRoot;
  readonly offline: boolean;
  /** why no service is asked for an image; undefined when they are */
  readonly unsearched: string | undefined;
  /** the analysis is not off */
  readonly analyzes: boolean;
  /** unfinished before this run */
  readonly underWay: readonly ImageState[];
  /** it goes on with a run that was killed or interrupted */
  readonly isContinued: boolean;
  /** the stages say what they would do, by what is known: nothing is written, moved or sent */
  readonly dryRun: boolean;
}

export interface EngineParts extends FinishParts {
  readonly version: string;
  readonly walk: ImageFolder;
  readonly locks: RunLocks;
  readonly journals: JournalFolder;
  readonly decisions: DecisionBox;
  readonly undoer: Undoer;
  readonly isOurSidecar: ReplacedParts['isOurSidecar'];
  readonly openStore: () => Promise<Store>;
  readonly meter: RequestMeter;
  readonly observer: RunObserver;
  readonly newRunId: (at: Date) => RunId;
  readonly configure: Configure;
  /** Before a run: takes up what the user did since the last one. */
  readonly catchUp: (configuration: Configuration, store: Store, signal: AbortSignal) => Promise<void>;
  readonly equip: (configuration: Configuration, run: RunMaterial) => Equipment;
}

interface Work {
  readonly start: Replay;
  readonly configuration: Configuration;
  readonly sorted: SortedRoot;
  readonly hold: Hold | undefined;
  readonly isContinued: boolean;
}

/**
 * Starts, resumes and ends runs.
 *
 *   lock -> journal (replayed; the database catches up) -> go on with the run that was cut off, or begin a new one that carries
 *   what is unfinished -> runner -> manifest and error report -> `run-ended` -> checkpoint -> unlock
 *
 * A run that was interrupted or killed is gone on with under its own id, so that one manifest tells all of it. A new run that
 * can't be its continuation (another inbox, another sorted folder) first gives the old one its manifest.
 *
 * A review gives the lock back while nobody decides. Its run is left without an end then, as if it had been killed, and gone
 * on with at the next decision; so one review makes one manifest, or adds to that of the run that was interrupted before it.
 */
export class Engine {
  private readonly parts: EngineParts;
  private runner: Runner | undefined;

  constructor(parts: EngineParts) {
    this.parts = parts;
  }

  /** The runner that is at work, for decisions that come in while it is. */
  get active(): Runner | undefined {
    return this.runner;
  }

  /**
   * @returns undefined when there is nothing to go on with, and when a review gave back the lock while nobody decided
   * @throws SettingsError, LockHeld, FatalError
   */
  async run(request: RunRequest, signal: AbortSignal): Promise<RunReport | undefined> {
    const { locks, openStore, journals } = this.parts;
    const lock = await locks.acquire(request.command);
    try {
      // at the same time: each reads a large file from its beginning to its end
      const [opened, found] = await Promise.allSettled([openStore(), journals.openLatest()]);
      try {
        return await this.runLocked(request, valueOf(opened), valueOf(found), signal);
      } finally {
        if (opened.status === 'fulfilled') opened.value.close();
        if (found.status === 'fulfilled') await found.value?.close();
      }
    } finally {
      await lock.release();
    }
  }

  private async runLocked(
    request: RunRequest,
    store: Store,
    file: JournalFile | undefined,
    signal: AbortSignal,
  ): Promise<RunReport | undefined> {
    const past = file && new Journal(file);
    let journal = past;
    try {
      const found = past && (await replay(past, store));
      if (found) past.follow(found.digest);
      const { plan, configuration } = planRun(request, found, this.parts.configure);
      const continues = found !== undefined && goesOn(found, plan);
      // a new journal leaves this one behind: what the database has just learned from it could not be made again
      if (past && !continues) await store.checkpoint(past.position);
      if (request.command !== 'process' && !continues && (found === undefined || found.open.size === 0)) {
        await this.leaveOut();
        return undefined;
      }
      // nobody is there any more, and nothing was left undone: no run for that
      if (request.hold?.closed.aborted && !continues && (await this.parts.decisions.unread()).length === 0)
        return undefined;
      const sorted = new SortedRoot(configuration.folders.sorted, this.parts);
      await sorted.assertMounted(store, signal);
      const work = { configuration, sorted, hold: request.hold };
      if (past && continues) {
        await past.append({ kind: 'run-resumed', at: this.now(), version: this.parts.version, plan });
        return await this.work(past, { ...work, start: { ...found, plan }, isContinued: true }, store, signal);
      }
      if (past && found && !isOver(found)) await this.endPast(past, found, configuration, store);
      await past?.close();
      const begun = await this.begin(plan, found);
      ({ journal } = begun);
      return await this.work(journal, { ...work, start: begun.start, isContinued: false }, store, signal);
    } finally {
      await journal?.close();
    }
  }

  /** The run before gets its manifest where its images are, or, when that is away, where those of the new run will be. */
  private async endPast(journal: Journal, run: Replay, today: Configuration, store: Store): Promise<void> {
    const configuration = configurationOf(run.plan, this.parts.configure, today);
    const { sorted } = configuration.folders;
    const elsewhere = today.folders.sorted;
    const { manifest } = await finishRun(this.parts, {
      journal,
      store,
      run,
      configuration,
      outcome: endOf(run),
      elsewhere,
    });
    if (dirname(manifest) === sorted || sorted === elsewhere) return;
    const text = `The manifest of the run before is ${manifest}: it could not be written into ${sorted}.`;
    this.parts.observer.on({ kind: 'warning', text });
  }

  /** A new journal that takes over what the last one left open, and what a replay of it would say. */
  private async begin(
    plan: RunPlan,
    found: Replay | undefined,
  ): Promise<{ readonly journal: Journal; readonly start: Replay }> {
    const at = new Date(this.parts.clock.now());
    const start: Replay = {
      runId: this.parts.newRunId(at),
      startedAt: at.toISOString(),
      plan,
      open: found?.open ?? new Map(),
      settled: new Set(),
      digest: new Digest(),
    };
    function* lines(version: string): Generator<string> {
      const tell = (event: JournalEvent): string => {
        start.digest.apply(event);
        return encodeEvent(event);
      };
      yield tell({ kind: 'run-started', at: start.startedAt, runId: start.runId, version, plan });
      for (const state of start.open.values()) yield tell({ kind: 'image-carried', state });
    }
    const journal = new Journal(await this.parts.journals.create(lines(this.parts.version)));
    journal.follow(start.digest);
    return { journal, start };
  }

  private async work(
    journal: Journal,
    { start, configuration, sorted, hold, isContinued }: Work,
    store: Store,
    signal: AbortSignal,
  ): Promise<RunReport | undefined> {
    const { parts } = this;
    const { plan } = start;
    const { settings, folders } = configuration;
    if (!signal.aborted) await parts.catchUp(configuration, store, signal);
    const off = stagesOff(plan, settings);
    const equipment = parts.equip(configuration, {
      store,
      sorted,
      offline: plan.offline,
      unsearched: whyUnsearched(plan),
      analyzes: !off.has('analyze'),
      underWay: [...start.open.values()],
      isContinued: isContinued && !hold,
      dryRun: false,
    });
    const checkpoints = new Checkpoints(() => checkpoint(journal, store), parts.clock);
    const runner = new Runner({
      ...parts,
      stages: equipment.stages,
      journal,
      store,
      people: {
        box: parts.decisions,
        statesOf: (ids) => statesOf(start.digest, ids),
        putBack: (state, alone) => this.putBack(state, { start, folders, alone }, signal),
      },
      observer: {
        on: (event) => {
          parts.observer.on(event);
          // before the searches begin, so that a kill loses nothing that saves one
          if (event.kind === 'search-planned') checkpoints.take();
          if (event.kind === 'image-settled') checkpoints.takeIfDue();
        },
      },
    });
    parts.observer.on({ kind: 'run-started', runId: start.runId, resumed: start.open.size + start.settled.size > 0 });
    this.runner = runner;
    let complete: boolean;
    const isStopped = (stage: StageId): boolean => off.get(stage)?.kind === 'stop';
    const inboxes = inboxesOf(plan);
    const away = await waitingAway([...start.open.values()], inboxes, parts, signal);
    for (const [inbox, { size }] of away) parts.observer.on({ kind: 'warning', text: awayText(inbox, size) });
    const isAway = (state: ImageState): boolean => [...away.values()].some((images) => images.has(state.image.id));
    const canStart = (state: ImageState): boolean =>
      !(plan.offline && waitsForQuota(state)) && !waitsBeyond(state, isStopped) && !isAway(state);
    const isWanted = wantedBy(plan);
    const isTakenUp = (state: ImageState): boolean =>
      isWanted(state.image.path) && (hold ? isCutOff(state) && !isAway(state) : canStart(state));
    const unwatch = parts.decisions.watch(() => void runner.collect());
    try {
      for (const stage of equipment.stages) if (!off.has(stage.id)) await stage.ready?.();
      complete = await runner.run({
        open: [...start.open.values()].filter(isTakenUp),
        parked: [...start.open.values()].filter((state) => !isTakenUp(state)),
        canStart,
        hold,
        isStillThere: async (state) =>
          (await isStillThere(state, parts.files)) || (await wentAway(state, inboxes, parts.walk, signal)),
        disown: (state) => this.disown(state, start, folders, signal),
        discoveries:
          plan.inbox === undefined || hold
            ? undefined
            : wanted(parts.walk.walk(plan.inbox, [folders.sorted, folders.working], signal), isWanted),
        // open ones are taken up first, and may have ended by the time that the walk comes upon their files
        isKnown: (id) => start.settled.has(id) || start.open.has(id),
        passOver: ({ image }) => whyPassedOver(image, plan, settings, parts.files),
        off,
        inFlight: settings['workflow.batchSize'],
        signal,
      });
      if (complete) await this.finishEquipment(equipment, signal);
    } finally {
      unwatch();
      this.runner = undefined;
      await equipment.close();
    }
    if (hold && complete && !hold.closed.aborted) {
      await checkpoint(journal, store);
      return undefined;
    }
    // what a review has added to is still interrupted
    const isWhole = complete && (!hold || plan.command === 'review');
    const outcome = isWhole ? 'completed' : 'interrupted';
    // without the place of its manifest it has no end yet: that is left to the next run
    await sorted.assertThere();
    return finishRun(parts, { journal, store, run: start, configuration, outcome });
  }

  /** Decisions, where no image waits for any. */
  private async leaveOut(): Promise<void> {
    const letters = await this.parts.decisions.unread();
    if (letters.length === 0) return;
    const { observer } = this.parts;
    const all = letters.flatMap(({ decisions }) => decisions);
    if (all.some(({ decision }) => decision)) {
      observer.on({ kind: 'warning', text: 'Decisions were left out: their images no longer wait.' });
    }
    for (const { image, decision } of all) {
      if (!decision) observer.on({ kind: 'decision-stays', image, why: OF_ANOTHER_RUN });
    }
    for (const letter of letters) await letter.remove();
  }

  /** Undoes what the run did to one image, as an undo of its manifest would. */
  private async putBack(
    state: ImageState,
    { start, folders, alone }: { start: Replay; folders: Folders; alone: boolean },
    signal: AbortSignal,
  ): Promise<PutBack> {
    const { runId, startedAt, plan } = start;
    const inboxes = inboxesOf(plan);
    const manifest = readManifest(
      JSON.stringify({
        version: MANIFEST_VERSION,
        runId,
        startedAt,
        endedAt: this.now(),
        configuration: { folders: { ...folders, inboxes } },
        images: [manifestEntry(state)],
      }),
    );
    const undo = planUndo(manifest);
    const [refused] = undo.refused;
    if (refused) return { kind: 'stays', why: refused.why };
    // another image may be on its way into a folder that is empty for the moment
    const { images, onNas } = await this.parts.undoer.undo(alone ? undo : { ...undo, folders: [] }, signal);
    const result = images[0]?.result;
    if (result?.kind === 'left') return { kind: 'stays', why: `${result.path} ${LEFT_BECAUSE[result.reason]}` };
    if (result?.kind === 'failed') return { kind: 'stays', why: result.message };
    const notes = result?.kind === 'undone' ? result.notes : [];
    return { kind: 'back', notes: [...notes, ...onNas.map((path) => `${path} stays on the NAS`)] };
  }

  /** The sidecar of an image goes back to what it was, where another picture has taken the image's place. */
  private async disown(
    state: ImageState,
    start: Replay,
    folders: Folders,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const written = await writtenForReplaced(state, this.parts, signal);
    if (!written) return undefined;
    const put = await this.putBack(written, { start, folders, alone: false }, signal);
    if (put.kind === 'back') return 'its sidecar was taken back';
    const text = `Another picture is at ${state.image.path} by now. The sidecar of the one before was not taken back: ${put.why}.`;
    this.parts.observer.on({ kind: 'warning', text });
    return 'its sidecar stays';
  }

  private async finishEquipment(equipment: Equipment, signal: AbortSignal): Promise<void> {
    try {
      await equipment.finish?.(signal);
    } catch (error) {
      // all images are through: being told to stop now takes nothing back
      if (!signal.aborted) throw error;
    }
  }

  private now(): string {
    return new Date(this.parts.clock.now()).toISOString();
  }
}

const awayText = (inbox: string, count: number): string =>
  `${inbox} is not there, or empty: ${count === 1 ? 'an unfinished image of it waits' : `${count} unfinished images of it wait`}. If it is on a drive, mount that, and run again.`;

/** Those that were decided on are among them, whatever has become of them. */
function statesOf(digest: Digest, ids: ReadonlySet<ImageId>): ReadonlyMap<ImageId, ImageState> {
  const states = new Map<ImageId, ImageState>();
  for (const { state } of digest.unfinished()) if (ids.has(state.image.id)) states.set(state.image.id, state);
  return states;
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
