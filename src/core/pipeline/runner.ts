import pLimit, { type LimitFunction } from 'p-limit';
import { resultOf, type ImageState, type StageRecord } from '../model/imageState.ts';
import { ImageError } from '../model/failure.ts';
import type { ImageId } from '../model/ids.ts';
import type { ImageFate, StageOutcome } from '../model/outcome.ts';
import type { PostedDecision, DecisionBox } from '../ports/decisionBox.ts';
import type { StageId } from '../model/stageId.ts';
import type { JournalEvent } from '../journal/events.ts';
import { fateOf } from '../journal/fateOf.ts';
import { fold, imageOf, reopened, undecided } from '../journal/fold.ts';
import type { Journal } from '../journal/journal.ts';
import { project } from '../journal/project.ts';
import type { Clock } from '../ports/clock.ts';
import type { Discovery } from '../ports/imageFolder.ts';
import type { RequestMeter } from '../ports/requestMeter.ts';
import type { Store } from '../ports/store.ts';
import type { RunObserver } from './observer.ts';
import type { AnyStage, PutOff, Stage, StageContext } from './stage.ts';

/** Tries of a stage for one image in one run, where the error says that another is worth it. */
const MAX_ATTEMPTS = 3;

export interface RunnerParts {
  readonly stages: readonly AnyStage[];
  readonly journal: Journal;
  readonly store: Store;
  readonly clock: Clock;
  readonly meter: RequestMeter;
  readonly observer: RunObserver;
  /** absent: nobody decides while it is on */
  readonly people?: People;
}

/** Who decides, and what the runner needs to take a decision back that it has carried out. */
export interface People {
  readonly box: Pick<DecisionBox, 'unread'>;
  /** Those of the images that were decided on in this run, or are unfinished. */
  statesOf(ids: ReadonlySet<ImageId>): ReadonlyMap<ImageId, ImageState>;
  /** Puts the image's files back. `alone`: no other image is under way. */
  putBack(state: ImageState, alone: boolean): Promise<PutBack>;
}

export type PutBack =
  { readonly kind: 'back'; readonly notes: readonly string[] } | { readonly kind: 'stays'; readonly why: string };

/** A review that keeps the run open for further decisions. */
export interface Hold {
  /** the run ends when it has had nothing to do for so long, milliseconds */
  readonly idleMs: number;
  /** aborted when nobody is at the review any more */
  readonly closed: AbortSignal;
  /** aborted when the lock is wanted for something else */
  readonly letGo: AbortSignal;
}

export interface RunnerInput {
  /** taken up first: unfinished before this run */
  readonly open: readonly ImageState[];
  /** unfinished too, and started by a decision alone */
  readonly parked: readonly ImageState[];
  /** false for one whose turn can't come in this run: a decision on it is kept */
  readonly canStart: (state: ImageState) => boolean;
  readonly hold: Hold | undefined;
  /** false when the file of such an image is gone or is another one by now */
  readonly isStillThere: (state: ImageState) => Promise<boolean>;
  /** Takes back what was written about such an image, where it is another one by now. @returns what became of it, for people */
  readonly disown: (state: ImageState) => Promise<string | undefined>;
  /** new ones; undefined when nothing is to be searched for */
  readonly discoveries: AsyncIterable<Discovery> | undefined;
  /** true when the image of this id is none that this run has to begin with: settled before, or among those above */
  readonly isKnown: (id: ImageId) => boolean;
  /** why an image is passed over without being looked at, undefined when it is not */
  readonly passOver: (discovery: Extract<Discovery, { kind: 'image' }>) => Promise<string | undefined>;
  /** stages that do not run: `skip` counts as skipped with this reason, `stop` leaves the stage pending */
  readonly off: ReadonlyMap<StageId, { readonly kind: 'skip'; readonly why: string } | { readonly kind: 'stop' }>;
  /** how many images are under way at once */
  readonly inFlight: number;
  readonly signal: AbortSignal;
}

/**
 * Takes images through the stages. It owns order, concurrency, retries, parking, the journal and errors, and knows no stage
 * by name but `scan`, where images begin, and those that a person's decision concerns.
 *
 * Each image is a small graph: a stage starts when those that it needs have passed for this image, so images overtake each
 * other, and one that waits for a person or for quota holds up nobody. Memory holds the images under way and the parked ones.
 */
export class Runner {
  private readonly parts: RunnerParts;
  private readonly order: readonly AnyStage[];
  private readonly limits: ReadonlyMap<StageId, LimitFunction>;
  /** under way or parked */
  private readonly states = new Map<ImageId, ImageState>();
  private readonly underWay = new Map<ImageId, Promise<void>>();
  /** whether images that were found by an earlier run are gone: those that are have ended by then */
  private readonly lookedFor = new Set<Promise<boolean>>();
  /** put off by a stage until all images have been through, with how it stands if it does not come to that */
  private readonly putOff = new Map<ImageId, { readonly stage: StageId; readonly record: StageRecord }>();
  /** decided on, and to be started as soon as there is room */
  private readonly decided = new Set<ImageId>();
  /** its decision is just being written down */
  private deciding: ImageId | undefined;
  private readonly announced = new Set<ImageId>();
  private collecting: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private lastCall = false;
  private readonly warned = new Set<string>();
  private input: RunnerInput | undefined;
  /** aborted by the caller or by a fatal error */
  private readonly stop = new AbortController();
  private fatal: Error | undefined;

  constructor(parts: RunnerParts) {
    this.parts = parts;
    this.order = inDependencyOrder(parts.stages);
    this.limits = new Map(parts.stages.map((s) => [s.id, pLimit(s.concurrency)]));
  }

  /**
   * @returns whether everything was taken as far as it goes; false when the signal stopped it
   * @throws FatalError, or whatever broke an invariant: the run is stopped, and the journal tells how far it came
   */
  async run(input: RunnerInput): Promise<boolean> {
    this.input = input;
    const onAbort = (): void => this.stop.abort(input.signal.reason);
    input.signal.addEventListener('abort', onAbort, { once: true });
    if (input.signal.aborted) onAbort();
    for (const state of [...input.open, ...input.parked]) this.states.set(state.image.id, state);
    // nothing is put off to the end of a run that has none
    this.lastCall = input.hold !== undefined;
    try {
      await this.collect();
      await this.takeUp(input);
      await this.drain();
      await this.takeUpPutOff(input);
      if (input.hold) await this.linger(input.hold);
      await this.drain();
    } catch (error) {
      this.fail(error);
    } finally {
      // nothing may go on behind the back of the caller, who closes journal and adapters next
      this.input = undefined;
      await this.collecting;
      await Promise.allSettled(this.underWay.values());
      input.signal.removeEventListener('abort', onAbort);
    }
    if (this.fatal !== undefined) throw this.fatal;
    await this.parkPutOff();
    return !this.stop.signal.aborted;
  }

  /** Until nothing is under way, decisions that have come in by then included. */
  private async drain(): Promise<void> {
    for (;;) {
      await this.collecting;
      if (this.underWay.size === 0) return;
      await Promise.all(this.underWay.values());
    }
  }

  /** Waits for decisions, until there were none for a while or nobody is there to make them. */
  private async linger({ idleMs, closed, letGo }: Hold): Promise<void> {
    for (;;) {
      await this.drain();
      const over = AbortSignal.any([closed, letGo, this.stop.signal]);
      if (over.aborted) return;
      this.parts.observer.on({ kind: 'review-idle' });
      const woken = new AbortController();
      this.wake = () => woken.abort();
      const nap = AbortSignal.any([woken.signal, over]);
      await this.parts.clock.sleep(idleMs, nap).catch(() => undefined);
      // a decision may be on its way from the box at this moment
      await this.collecting;
      if (!nap.aborted && this.underWay.size === 0) return;
    }
  }

  private async takeUpPutOff(input: RunnerInput): Promise<void> {
    // decisions may have started some of them anew meanwhile, which puts them off again
    while (this.putOff.size > 0) {
      this.stop.signal.throwIfAborted();
      const ids = [...this.putOff.keys()];
      const stages = new Set([...this.putOff.values()].map(({ stage }) => stage));
      for (const stage of this.order.filter(({ id }) => stages.has(id))) {
        const plan = await (stage as Stage).plan?.(ids.map((id) => this.state(id)));
        if (plan) this.parts.observer.on({ kind: 'search-planned', plan });
      }
      this.lastCall = true;
      for (const id of ids) {
        await this.room(input);
        // one that a decision has started is out of the list by now; or in it again before its other stages are over
        if (!this.putOff.has(id) || this.underWay.has(id)) continue;
        this.start(reopened(this.state(id)), input, false);
      }
      await this.drain();
    }
  }

  /** The run was stopped: what was put off waits for the next one. */
  private async parkPutOff(): Promise<void> {
    for (const [id, { stage, record }] of this.putOff) {
      await this.record(stage, id, record);
      await this.settle(id);
    }
    this.putOff.clear();
  }

  /** Takes up what people have decided, here or in another process: the other stages of those images start at once. */
  collect(): Promise<void> {
    this.collecting = this.collecting
      .then(() => this.readLetters())
      .catch((error: unknown) => {
        this.fail(error);
      });
    return this.collecting;
  }

  private async readLetters(): Promise<void> {
    const { people } = this.parts;
    if (!people || !this.input) return;
    for (const letter of await people.box.unread()) {
      // what stays in the box is the next run's; a letter that is begun is read to its end
      const input = this.input as RunnerInput | undefined;
      if (!input || this.stop.signal.aborted) return;
      const { decisions } = letter;
      const ended = new Set(decisions.map(({ image }) => image).filter((id) => !this.states.has(id)));
      const known = ended.size > 0 ? people.statesOf(ended) : undefined;
      for (const posted of decisions) {
        const { image } = posted;
        // one that was under way when the letter was begun may have ended while another was taken back
        const past = ended.has(image) ? known : this.states.has(image) ? undefined : people.statesOf(new Set([image]));
        await this.obey(posted, this.states.get(image) ?? past?.get(image), people, input);
      }
      // whatever came of the last of them, and whichever run wrote them down
      await this.parts.journal.synced();
      await letter.remove();
    }
  }

  private async obey(
    { image, decision }: PostedDecision,
    state: ImageState | undefined,
    people: People,
    input: RunnerInput,
  ): Promise<void> {
    if (!state) {
      this.parts.observer.on({ kind: 'warning', text: 'A decision was left out: its image no longer waits.' });
    } else if (!decision) {
      await this.takeBack(state, people, input);
    } else if (this.states.has(image) && !this.isPastReview(state)) {
      this.deciding = image;
      await this.write({ kind: 'decided', at: this.now(), image, decision });
      this.deciding = undefined;
      if (!this.states.has(image)) {
        const text = `${state.image.path} has just ended here; the next run goes by the decision on it.`;
        this.parts.observer.on({ kind: 'warning', text });
        return;
      }
      this.announce(state);
      if (!input.canStart(state)) return this.settle(image);
      this.decided.add(image);
      this.startDecided();
    } else if (JSON.stringify(state.decision) !== JSON.stringify(decision)) {
      this.parts.observer.on({
        kind: 'warning',
        text: `${state.image.path} was decided on before; the later decision was left out.`,
      });
    }
  }

  /** Whether a decision comes too late: another one was carried out, or it is being sorted without any. */
  private isPastReview({ image, stages, intent, operations }: ImageState): boolean {
    const review = stages.review?.outcome.kind;
    const isOnItsWay = this.underWay.has(image.id) || intent !== undefined || operations.length > 0;
    return review === 'done' || (review === 'skipped' && isOnItsWay);
  }

  /**
   * The image waits again; what came of the decision is undone, where that can be.
   * @throws the reason of a stop, before anything is undone: the letter stays for the next run
   */
  private async takeBack({ image: { id } }: ImageState, people: People, input: RunnerInput): Promise<void> {
    this.decided.delete(id);
    // its files are not left half-way: what was cut off or failed on its way is carried out first
    const begun = this.states.get(id);
    if (begun?.decision && begun.intent && !this.underWay.has(id)) {
      this.announce(begun);
      this.start(reopened(begun), input, true);
    }
    await this.underWay.get(id);
    const state = this.states.get(id) ?? people.statesOf(new Set([id])).get(id);
    if (!state?.decision) return;
    // it may have been cut off anywhere on its way
    this.stop.signal.throwIfAborted();
    const put: PutBack = state.intent
      ? { kind: 'stays', why: 'it is half-way to its place, and could not be taken there' }
      : state.operations.length > 0
        ? await people.putBack(state, this.underWay.size === 0)
        : { kind: 'back', notes: [] };
    if (put.kind === 'stays') {
      this.parts.observer.on({ kind: 'decision-stays', image: id, why: put.why });
      return;
    }
    const unsorted = resultOf(state, 'categorize');
    const before = undecided(state);
    // what is put off is pending for this run alone: for people and for the next run the image waits for it
    const putOff = this.putOff.get(id);
    const stages = { ...before.stages, ...(putOff && { [putOff.stage]: putOff.record }) };
    await this.write(
      { kind: 'decision-withdrawn', at: this.now(), state: { ...before, stages }, ...(unsorted && { unsorted }) },
      true,
    );
    this.parts.observer.on({ kind: 'decision-withdrawn', state: this.state(id), notes: put.notes });
    await this.settle(id);
  }

  private startDecided(): void {
    const { input } = this;
    if (!input || this.stop.signal.aborted) return;
    for (const id of this.decided) {
      if (this.underWay.size >= input.inFlight) return;
      if (this.underWay.has(id)) continue;
      this.decided.delete(id);
      const decided = this.states.get(id);
      // it came while the image was ending
      if (!decided) continue;
      const { stages, ...state } = decided;
      // to be asked again, also where it has just ended with the decision before
      const { review: _, ...others } = stages;
      this.start(reopened({ ...state, stages: others }), input, true);
    }
  }

  /** Tells of an image, once. */
  private announce({ image }: Pick<ImageState, 'image'>): void {
    if (this.announced.has(image.id)) return;
    this.announced.add(image.id);
    this.parts.observer.on({ kind: 'image-found', image });
  }

  private async takeUp(input: RunnerInput): Promise<void> {
    for (const { image } of furthestFirst(input.open)) {
      await this.room(input);
      const state = this.states.get(image.id);
      // a decision has started it already
      if (!state || this.announced.has(image.id)) continue;
      this.announce(state);
      this.start(reopened(state), input, true);
    }
    if (!input.discoveries) {
      this.parts.observer.on({ kind: 'scan-ended' });
      return;
    }
    // what they have left must not be taken for the sidecars of pictures that stand in their places
    await Promise.allSettled(this.lookedFor);
    this.lookedFor.clear();
    for await (const discovery of input.discoveries) {
      const { image } = discovery;
      if (input.isKnown(image.id) || this.states.has(image.id)) continue;
      await this.room(input);
      this.announce(discovery);
      if (discovery.kind === 'problem') {
        const { reason, message } = discovery;
        await this.pass(discovery, { kind: 'failed', error: { reason, message, attempts: 1 } }, 'failed');
        continue;
      }
      const why = discovery.kind === 'passed-over' ? discovery.why : await input.passOver(discovery);
      if (why !== undefined) {
        await this.pass(discovery, { kind: 'skipped', why, final: true }, 'skipped');
        continue;
      }
      await this.write({ kind: 'image-found', image });
      this.start({ image, stages: {}, operations: [] }, input, false);
    }
    await this.write({ kind: 'scan-ended', at: this.now() });
    this.parts.observer.on({ kind: 'scan-ended' });
  }

  /** Waits until another image may start. */
  private async room(input: RunnerInput): Promise<void> {
    while (this.underWay.size >= input.inFlight) await Promise.race(this.underWay.values());
    this.stop.signal.throwIfAborted();
  }

  private async pass(discovery: Discovery, outcome: StageOutcome<never>, fate: ImageFate): Promise<void> {
    const { image } = discovery;
    await this.write({ kind: 'image-passed', image, outcome, fate });
    this.announced.delete(image.id);
    const state: ImageState = { image, stages: { scan: { outcome, ms: 0 } }, operations: [], fate };
    this.parts.observer.on({ kind: 'stage-ended', state, stage: 'scan' });
    this.parts.observer.on({ kind: 'image-settled', state });
  }

  /** @param wasAway it was found by an earlier run, and its file may be gone */
  private start(state: ImageState, input: RunnerInput, wasAway: boolean): void {
    const { id } = state.image;
    this.states.set(id, state);
    // its turn has come, or a decision takes it there
    this.putOff.delete(id);
    const way = (wasAway ? this.driveIfThere(state, input) : this.drive(id, input))
      .catch((error: unknown) => {
        this.fail(error);
      })
      .finally(() => {
        this.underWay.delete(id);
        this.startDecided();
      });
    this.underWay.set(id, way);
    this.wake();
  }

  private async driveIfThere(state: ImageState, input: RunnerInput): Promise<void> {
    const isGone = this.endIfGone(state, input);
    this.lookedFor.add(isGone);
    if (!(await isGone)) await this.drive(state.image.id, input);
  }

  private async endIfGone(state: ImageState, input: RunnerInput): Promise<boolean> {
    if (await input.isStillThere(state)) return false;
    const disowned = await input.disown(state);
    const why = ['no longer in the inbox, or changed since', ...(disowned === undefined ? [] : [disowned])].join('; ');
    await this.record('scan', state.image.id, { outcome: { kind: 'skipped', why, final: true }, ms: 0 });
    await this.settle(state.image.id);
    return true;
  }

  /** Takes one image as far as it goes. */
  private async drive(id: ImageId, input: RunnerInput): Promise<void> {
    const passed = new Map<StageId, Promise<boolean>>();
    for (const stage of this.order) {
      const needs = stage.needs.map(
        (need) => passed.get(need) ?? Promise.reject(new Error(`${stage.id} before ${need}`)),
      );
      passed.set(
        stage.id,
        Promise.all(needs).then((all) => all.every(Boolean) && this.runStage(stage, id, input)),
      );
    }
    const results = await Promise.allSettled(passed.values());
    const broken = results.find((r) => r.status === 'rejected');
    if (broken) throw broken.reason;
    // one that was decided on meanwhile goes on
    if (!this.putOff.has(id) && !this.isDecidedAnew(id)) await this.settle(id);
  }

  /** A decision has come that the review has not taken up: the image begins anew with that. */
  private isDecidedAnew(id: ImageId): boolean {
    return this.deciding === id || this.decided.has(id);
  }

  /** @returns whether the stages that need this one may go on */
  private async runStage(stage: AnyStage, id: ImageId, input: RunnerInput): Promise<boolean> {
    const recorded = this.state(id).stages[stage.id];
    if (recorded) return passes(recorded);
    const off = input.off.get(stage.id);
    // all that comes later in the order is stopped too, so what still runs goes on without this one
    if (off?.kind === 'stop') return true;
    const limit = this.limits.get(stage.id);
    if (!limit) throw new Error(`no limit for stage ${stage.id}`);
    return limit(async () => {
      this.stop.signal.throwIfAborted();
      try {
        if (!off) return await this.takeTurn(stage, id);
        return await this.record(stage.id, id, { outcome: { kind: 'skipped', why: off.why }, ms: 0 });
      } catch (error) {
        // before the next one gets its turn, and while other stages of this image may be waiting for something
        this.fail(error);
        throw error;
      }
    });
  }

  private async takeTurn(stage: AnyStage, id: ImageId): Promise<boolean> {
    const { image } = this.state(id);
    this.parts.observer.on({ kind: 'stage-started', image, stage: stage.id });
    const began = this.parts.clock.now();
    const isReview = stage.id === 'review';
    // what was decided until now is what it goes by
    if (isReview) this.decided.delete(id);
    const outcome = await this.attempt(stage, id);
    if (outcome.kind === 'put-off') {
      const record: StageRecord = { outcome: { kind: 'waiting', why: 'quota', detail: outcome.detail }, ms: 0 };
      this.putOff.set(id, { stage: stage.id, record });
      this.parts.observer.on({ kind: 'stage-put-off', image, stage: stage.id });
      return false;
    }
    // of two decisions the later one counts until the first is carried out
    if (isReview && this.isDecidedAnew(id)) return false;
    const hasPassed = await this.record(stage.id, id, { outcome, ms: this.parts.clock.now() - began });
    return hasPassed && !(isReview && this.isDecidedAnew(id));
  }

  private async attempt(stage: AnyStage, id: ImageId): Promise<StageOutcome | PutOff> {
    for (let attempts = 1; ; attempts++) {
      try {
        return await (stage as Stage).run(this.state(id), this.context(stage.id, id));
      } catch (error) {
        this.stop.signal.throwIfAborted();
        if (!(error instanceof ImageError)) throw error;
        if (error.transient && attempts < MAX_ATTEMPTS) continue;
        const { reason, message, unfinished } = error;
        return { kind: 'failed', error: { reason, message, attempts }, ...(unfinished && { unfinished }) };
      }
    }
  }

  private context(stage: StageId, id: ImageId): StageContext {
    return {
      signal: this.stop.signal,
      lastCall: this.lastCall,
      intend: (operations) => this.write({ kind: 'intended', image: id, stage, operations }, true),
      operated: (operations) => this.write({ kind: 'operated', image: id, operations }),
      remember: (answer) => this.write({ kind: 'answered', ...answer }),
      warn: (text, about) => {
        if (this.warned.has(text)) return;
        this.warned.add(text);
        this.parts.observer.on({ kind: 'warning', text, ...(about && { about }) });
      },
    };
  }

  private async record(stage: StageId, id: ImageId, record: StageRecord): Promise<boolean> {
    const { requests, retries } = this.parts.meter.take();
    const traffic = { ...(requests && { requests }), ...(retries !== undefined && { retries }) };
    await this.write({ kind: 'stage-ended', image: id, stage, record, ...traffic });
    this.parts.observer.on({ kind: 'stage-ended', state: this.state(id), stage, ...(requests && { requests }) });
    return passes(record);
  }

  private async settle(id: ImageId): Promise<void> {
    const fate = fateOf(this.state(id));
    await this.write({ kind: 'image-settled', at: this.now(), image: id, fate });
    const state = this.state(id);
    if (fate !== 'awaiting-review' && fate !== 'awaiting-quota') {
      this.states.delete(id);
      // one that was decided on can come back
      if (!state.decision) this.announced.delete(id);
    }
    this.parts.observer.on({ kind: 'image-settled', state });
  }

  /**
   * The one place where something becomes true. The database learns it first: a checkpoint that comes in between may hold
   * what the journal does not yet say, which is harmless, but never the other way round.
   */
  private async write(event: JournalEvent, durably = false): Promise<void> {
    const id = event.kind === 'image-passed' ? undefined : imageOf(event);
    project(event, id && this.states.get(id), this.parts.store);
    await (durably ? this.parts.journal.appendDurably(event) : this.parts.journal.append(event));
    if (id === undefined) return;
    const after = fold(this.states.get(id), event);
    if (after) this.states.set(id, after);
  }

  private state(id: ImageId): ImageState {
    const state = this.states.get(id);
    if (!state) throw new Error(`no state for image ${id}`);
    return state;
  }

  /** Stops the run at once. What is thrown after that comes of it. */
  private fail(error: unknown): void {
    if (this.stop.signal.aborted) return;
    this.fatal = error instanceof Error ? error : new Error('something that is no error was thrown', { cause: error });
    this.stop.abort(this.fatal);
  }

  private now(): string {
    return new Date(this.parts.clock.now()).toISOString();
  }
}

function passes(record: StageRecord): boolean {
  const { outcome } = record;
  return outcome.kind === 'done' || (outcome.kind === 'skipped' && outcome.final !== true);
}

/** The stages such that each comes after those that it needs. @throws Error on a cycle or an unknown need */
function inDependencyOrder(stages: readonly AnyStage[]): readonly AnyStage[] {
  const order: AnyStage[] = [];
  const visiting = new Set<StageId>();
  const visit = (id: StageId): void => {
    if (order.some((s) => s.id === id)) return;
    const stage = stages.find((s) => s.id === id);
    if (!stage) throw new Error(`stage ${id} is needed, but is not there`);
    if (visiting.has(id)) throw new Error(`stage ${id} needs itself`);
    visiting.add(id);
    stage.needs.forEach(visit);
    order.push(stage);
  };
  stages.forEach((s) => visit(s.id));
  return order;
}

/**
 * Those whose search is over need nothing but their own files. Those that were put off are as many as the inbox is large, and come
 * to their end only when all have been through.
 */
function furthestFirst(open: readonly ImageState[]): readonly ImageState[] {
  const isSearched = ({ stages: { search }, intent }: ImageState): boolean =>
    intent !== undefined || (search !== undefined && passes(search));
  return [...open.filter(isSearched), ...open.filter((state) => !isSearched(state))];
}
