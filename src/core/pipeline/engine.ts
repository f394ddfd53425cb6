import { basename } from 'node:path';
import type { ImageId, RunId } from '../model/ids.ts';
import { sidecarOf, type FoundImage } from '../model/image.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import { STAGE_IDS, type StageId } from '../model/stageId.ts';
import { Digest } from '../journal/digest.ts';
import type { JournalEvent, RunOutcome, RunPlan } from '../journal/events.ts';
import { encodeEvent, Journal } from '../journal/journal.ts';
import { replay, type Replay } from '../journal/replay.ts';
import type { Clock } from '../ports/clock.ts';
import type { DecisionBox } from '../ports/decisionBox.ts';
import type { Files } from '../ports/files.ts';
import type { Discovery, ImageFolder } from '../ports/imageFolder.ts';
import type { JournalFolder, RunLocks } from '../ports/journalFile.ts';
import type { RequestMeter } from '../ports/requestMeter.ts';
import type { Manifests } from '../ports/manifests.ts';
import type { Store } from '../ports/store.ts';
import { errorReport } from '../report/errorReport.ts';
import { manifestEntry, manifestText, MANIFEST_VERSION, reportName, timeOfReport } from '../report/manifest.ts';
import type { Statistics } from '../report/statistics.ts';
import type { Folders } from '../settings/folders.ts';
import { SettingsError } from '../settings/resolveSettings.ts';
import type { Settings } from '../settings/settingsTable.ts';
import { planUndo } from '../undo/planUndo.ts';
import { readManifest } from '../undo/runManifest.ts';
import { LEFT_BECAUSE, type Undoer } from '../undo/undoer.ts';
import type { RunObserver } from './observer.ts';
import { Checkpoints } from './checkpoints.ts';
import { writtenForReplaced, type ReplacedParts } from './replaced.ts';
import { Runner, type Hold, type PutBack } from './runner.ts';
import type { AnyStage } from './stage.ts';

/** What a person asks for. */
export interface RunRequest {
  /**
   * `process` walks the inbox, and takes up what is unfinished; `resume` takes up what is unfinished; `review` carries out
   * decisions alone, and stays open for more as `hold` says
   */
  readonly command: RunPlan['command'];
  readonly hold?: Hold;
  /** the folder to process instead of the inbox of the settings; absolute or relative to the workspace */
  readonly inbox?: string;
  /** images in that folder, absolute paths: no other is touched, not even one that was parked */
  readonly only?: readonly string[];
  readonly from?: StageId;
  readonly to?: StageId;
  readonly skip?: readonly StageId[];
  readonly reprocess?: boolean;
  readonly offline?: boolean;
  /** settings for this run alone, by key without prefix */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** How a run ended. */
export interface RunReport {
  readonly outcome: RunOutcome;
  readonly statistics: Statistics;
  /** absolute paths */
  readonly manifest: string;
  readonly errorReport?: string;
}

/** Settings and folders of one run. */
export interface Configuration {
  readonly settings: Settings;
  readonly folders: Folders;
}

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
  readonly offline: boolean;
  /** why no service is asked for an image; undefined when they are */
  readonly unsearched: string | undefined;
  /** the analysis is not off */
  readonly analyzes: boolean;
  /** unfinished before this run */
  readonly underWay: readonly ImageState[];
  /** the stages say what they would do, by what is known: nothing is written, moved or sent */
  readonly dryRun: boolean;
}

export interface EngineParts {
  readonly version: string;
  readonly clock: Clock;
  readonly files: Files;
  readonly walk: ImageFolder;
  readonly locks: RunLocks;
  readonly journals: JournalFolder;
  readonly decisions: DecisionBox;
  readonly undoer: Undoer;
  readonly isOurSidecar: ReplacedParts['isOurSidecar'];
  /** @param sorted absolute path of the sorted folder */
  readonly manifestsIn: (sorted: string) => Pick<Manifests, 'latest'>;
  readonly openStore: () => Promise<Store>;
  readonly meter: RequestMeter;
  readonly observer: RunObserver;
  readonly newRunId: (at: Date) => RunId;
  /** @throws SettingsError */
  readonly configure: (overrides: Readonly<Record<string, unknown>>, inbox: string | undefined) => Configuration;
  /** Before a run: takes up what the user did since the last one. */
  readonly catchUp: (configuration: Configuration, store: Store, signal: AbortSignal) => Promise<void>;
  readonly equip: (configuration: Configuration, run: RunMaterial) => Equipment;
}

/**
 * Starts, resumes and ends runs.
 *
 *   lock -> journal (replayed; the database catches up) -> go on with the run that was cut off, or begin a new one that carries
 *   what is unfinished -> runner -> manifest and error report -> `run-ended` -> checkpoint -> unlock
 *
 * A run that was interrupted or killed is gone on with under its own id, so that one manifest tells all of it. A new run that
 * can't be its continuation (another inbox) first gives the old one its manifest.
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
    const lock = await this.parts.locks.acquire(request.command);
    try {
      const store = await this.parts.openStore();
      try {
        return await this.runLocked(request, store, signal);
      } finally {
        store.close();
      }
    } finally {
      await lock.release();
    }
  }

  private async runLocked(request: RunRequest, store: Store, signal: AbortSignal): Promise<RunReport | undefined> {
    const file = await this.parts.journals.openLatest();
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
      if (past && continues) {
        await past.append({ kind: 'run-resumed', at: this.now(), version: this.parts.version, plan });
        return await this.work(past, { start: { ...found, plan }, configuration, hold: request.hold }, store, signal);
      }
      if (past && found && !isOver(found)) await this.finish(past, found, configuration, store, endOf(found));
      await past?.close();
      const begun = await this.begin(plan, found);
      ({ journal } = begun);
      return await this.work(journal, { start: begun.start, configuration, hold: request.hold }, store, signal);
    } finally {
      await journal?.close();
    }
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
    { start, configuration, hold }: { start: Replay; configuration: Configuration; hold: Hold | undefined },
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
      offline: plan.offline,
      unsearched: whyUnsearched(plan),
      analyzes: !off.has('analyze'),
      underWay: [...start.open.values()],
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
    const canStart = (state: ImageState): boolean => !(plan.offline && waitsForQuota(state));
    const only = plan.only && new Set(plan.only);
    const isWanted = (path: string): boolean => only?.has(path) ?? true;
    const isTakenUp = (state: ImageState): boolean => isWanted(state.image.path) && (hold ? isCutOff : canStart)(state);
    const unwatch = parts.decisions.watch(() => void runner.collect());
    try {
      for (const stage of equipment.stages) if (!off.has(stage.id)) await stage.ready?.();
      complete = await runner.run({
        open: [...start.open.values()].filter(isTakenUp),
        parked: [...start.open.values()].filter((state) => !isTakenUp(state)),
        canStart,
        hold,
        isStillThere: (state) => isStillThere(state, parts.files),
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
    return this.finish(journal, start, configuration, store, isWhole ? 'completed' : 'interrupted');
  }

  /** Decisions, where no image waits for any. */
  private async leaveOut(): Promise<void> {
    const letters = await this.parts.decisions.unread();
    if (letters.length === 0) return;
    const text = 'Decisions were left out: their images no longer wait.';
    this.parts.observer.on({ kind: 'warning', text });
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

  /** Manifest, error report, end of the journal, checkpoint. */
  private async finish(
    journal: Journal,
    { runId, startedAt, plan, digest }: Replay,
    { settings, folders }: Configuration,
    store: Store,
    outcome: RunOutcome,
  ): Promise<RunReport> {
    const { files } = this.parts;
    await files.makeFolder(folders.sorted);
    const { at, path: manifest } = await this.freeManifest(folders.sorted);
    const endedAt = this.now();
    // the end goes first, so that the numbers are those of the run up to here; the manifest stands when it is whole
    const statistics = digest.statistics();
    // parked images of earlier runs may be from other folders; an undo believes in none that is not named here
    const inboxes = inboxesOf(plan).filter((inbox) => inbox !== folders.inbox);
    const configuration = { folders: { ...folders, ...(inboxes.length > 0 && { inboxes }) }, ...settings };
    await files.writeText(
      manifest,
      manifestText(journal, { runId, startedAt, endedAt, outcome, configuration }, statistics),
    );
    const text = errorReport(digest.unfinished(), endedAt, statistics);
    const report = text === undefined ? undefined : await this.freeErrorReport(folders.sorted, at);
    if (report !== undefined && text !== undefined) await files.writeText(report, [text]);
    const paths = { manifest, ...(report !== undefined && { errorReport: report }) };
    await journal.appendDurably({ kind: 'run-ended', at: endedAt, outcome, ...paths });
    await checkpoint(journal, store);
    return { outcome, statistics, ...paths };
  }

  /**
   * The manifest's path by the present second, or the next one that comes after those of all other manifests: whoever looks
   * for the last run goes by their names, also when the clock was set back, as it is each autumn.
   */
  private async freeManifest(folder: string): Promise<{ readonly at: number; readonly path: string }> {
    const latest = await this.parts.manifestsIn(folder).latest();
    const last = latest === undefined ? '' : basename(latest);
    const nameAt = (time: number): string => reportName('manifest', new Date(time));
    let at = Math.max(this.parts.clock.now(), timeOfReport(last));
    // local times come twice when the clock goes back
    while (nameAt(at) <= last) at += 1000;
    return { at, path: `${folder}/${nameAt(at)}` };
  }

  /** The report's path by the second of its manifest, or the next one that is free. */
  private async freeErrorReport(folder: string, from: number): Promise<string> {
    for (let at = from; ; at += 1000) {
      const path = `${folder}/${reportName('errors', new Date(at))}`;
      if (!(await this.parts.files.stat(path))) return path;
    }
  }

  private now(): string {
    return new Date(this.parts.clock.now()).toISOString();
  }
}

/** The request, filled up from the run that it goes on with. @throws SettingsError */
export function planRun(
  request: RunRequest,
  found: Replay | undefined,
  configure: EngineParts['configure'],
): { plan: RunPlan; configuration: Configuration } {
  const before = request.command === 'process' ? undefined : found?.plan;
  const cutOff = before && found && !isOver(found) ? before : undefined;
  const overrides = { ...before?.overrides, ...request.overrides };
  const inbox = request.inbox ?? before?.inbox;
  const configuration = configure(overrides, inbox);
  const from = request.from ?? cutOff?.from;
  const to = request.to ?? cutOff?.to;
  if (from && to && STAGE_IDS.indexOf(from) > STAGE_IDS.indexOf(to)) {
    throw new SettingsError(`The run would begin at ${from} and end at ${to}, which comes before it.`);
  }
  // what was parked is taken up without a walk; a run that was cut off goes on with the walk as well
  const only = request.only ?? cutOff?.only;
  const walks = request.command === 'process' || cutOff?.inbox !== undefined;
  const plan: RunPlan = {
    // a review leaves the run that was interrupted what it was: it is still to be resumed
    command: request.command === 'review' && cutOff ? cutOff.command : request.command,
    sorted: configuration.folders.sorted,
    skip: request.skip ?? before?.skip ?? [],
    reprocess: request.reprocess ?? cutOff?.reprocess ?? false,
    offline: request.offline ?? cutOff?.offline ?? false,
    overrides,
    ...(found && found.open.size > 0 && { inboxes: inboxesOf(found.plan) }),
    ...(walks && { inbox: configuration.folders.inbox }),
    ...(only && { only }),
    ...(from && { from }),
    ...(to && { to }),
  };
  return { plan, configuration };
}

/** Whether the image of an unfinished state is the one that it was; one that is on its way finds out for itself. */
export async function isStillThere(state: ImageState, files: Pick<Files, 'stat'>): Promise<boolean> {
  const isMoving = state.intent !== undefined && state.intent.stage !== 'xmp';
  if (isMoving || resultOf(state, 'categorize')) return true;
  const now = await files.stat(state.image.path);
  return now?.size === state.image.size && now.mtimeMs === state.image.mtimeMs;
}

/** Why an image is passed over without being looked at; undefined when it is not. */
export async function whyPassedOver(
  image: FoundImage,
  plan: RunPlan,
  settings: Settings,
  files: Pick<Files, 'stat'>,
): Promise<string | undefined> {
  if (!settings['workflow.skipExisting'] || plan.reprocess) return undefined;
  return (await files.stat(sidecarOf(image.path))) ? 'it has a sidecar already' : undefined;
}

/** The folders that images of the run came from. */
const inboxesOf = ({ inbox, inboxes = [] }: RunPlan): readonly string[] => [
  ...new Set([...(inbox === undefined ? [] : [inbox]), ...inboxes]),
];

/** It ended by itself; one that was interrupted or killed did not. */
const isOver = (found: Replay): boolean => found.ended?.outcome === 'completed';

/** How a run ends that was left without an end. A review has ended when nothing was cut off with it. */
const endOf = (found: Replay): RunOutcome =>
  found.plan.command === 'review' && ![...found.open.values()].some(isCutOff) ? 'completed' : 'interrupted';

/** Decided on, and stopped before its end. */
const isCutOff = ({ decision, fate }: ImageState): boolean => decision !== undefined && fate === undefined;

const checkpoint = (journal: Journal, store: Store): Promise<void> =>
  journal.checkpoint(() => store.checkpoint(journal.position));

/** Those that were decided on are among them, whatever has become of them. */
function statesOf(digest: Digest, ids: ReadonlySet<ImageId>): ReadonlyMap<ImageId, ImageState> {
  const states = new Map<ImageId, ImageState>();
  for (const { state } of digest.unfinished()) if (ids.has(state.image.id)) states.set(state.image.id, state);
  return states;
}

/** Whether the plan is what the run that was cut off was doing. */
export function goesOn(found: Replay, plan: RunPlan): boolean {
  if (isOver(found) || found.plan.sorted !== plan.sorted) return false;
  if (plan.command !== 'process') return true;
  return found.plan.inbox === plan.inbox && found.plan.only?.join('\0') === plan.only?.join('\0');
}

async function* wanted(
  discoveries: AsyncIterable<Discovery>,
  isWanted: (path: string) => boolean,
): AsyncGenerator<Discovery> {
  for await (const discovery of discoveries) if (isWanted(discovery.image.path)) yield discovery;
}

/** Stages that do not run: switched off, passed over, before `--from` or after `--to`. `scan` always runs. */
export function stagesOff(
  plan: RunPlan,
  settings: Settings,
): ReadonlyMap<StageId, { readonly kind: 'skip'; readonly why: string } | { readonly kind: 'stop' }> {
  const off = new Map<StageId, { kind: 'skip'; why: string } | { kind: 'stop' }>();
  const index = (stage: StageId): number => STAGE_IDS.indexOf(stage);
  for (const stage of STAGE_IDS) {
    if (stage === 'scan') continue;
    if (plan.to && index(stage) > index(plan.to)) off.set(stage, { kind: 'stop' });
    else if (plan.from && index(stage) < index(plan.from) && stage !== 'search')
      off.set(stage, { kind: 'skip', why: `before ${plan.from}, where the run began` });
    else if (plan.skip.includes(stage)) off.set(stage, { kind: 'skip', why: 'left out of this run' });
    else if (!settings[`stages.${stage}`]) off.set(stage, { kind: 'skip', why: 'switched off' });
  }
  return off;
}

/** Before `--from` the search asks nobody, but takes what earlier runs were answered. */
export function whyUnsearched({ offline, from }: RunPlan): string | undefined {
  if (offline) return 'offline';
  const later = from !== undefined && STAGE_IDS.indexOf(from) > STAGE_IDS.indexOf('search');
  return later ? `before ${from}, where the run began` : undefined;
}

/** Offline its turn can't come: it stays parked, and is not sorted as unknown. */
const waitsForQuota = ({ stages }: ImageState): boolean => {
  const outcome = stages.search?.outcome;
  return outcome?.kind === 'waiting' && outcome.why === 'quota';
};
