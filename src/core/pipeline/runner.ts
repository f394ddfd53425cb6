import pLimit, { type LimitFunction } from 'p-limit';
import { hasPassed, type ImageState, type StageRecord } from '../model/imageState.ts';
import { ImageError } from '../model/failure.ts';
import type { ImageId } from '../model/ids.ts';
import type { ImageFate, StageOutcome } from '../model/outcome.ts';
import type { StageId } from '../model/stageId.ts';
import { fateOf } from '../journal/fateOf.ts';
import { reopened } from '../journal/fold.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Discovery } from '../ports/imageFolder.ts';
import type { RequestMeter } from '../ports/requestMeter.ts';
import type { Store } from '../ports/store.ts';
import { Decisions, type People, type PutOffRecord } from './decisions.ts';
import { LiveImages } from './liveImages.ts';
import type { RunObserver } from './observer.ts';
import { furthestFirst, inDependencyOrder } from './order.ts';
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
  private readonly images: LiveImages;
  private readonly decisions: Decisions;
  private readonly underWay = new Map<ImageId, Promise<void>>();
  /** whether images that were found by an earlier run are gone: those that are have ended by then */
  private readonly lookedFor = new Set<Promise<boolean>>();
  private readonly putOff = new Map<ImageId, PutOffRecord>();
  private readonly announced = new Set<ImageId>();
  private wake: () => void = () => undefined;
  private lastCall = false;
  private readonly warned = new Set<string>();
  /** aborted by the caller or by a fatal error */
  private readonly stop = new AbortController();
  private fatal: Error | undefined;

  constructor(parts: RunnerParts) {
    this.parts = parts;
    this.images = new LiveImages(parts.journal, parts.store);
    this.decisions = new Decisions({ ...parts, images: this.images, people: parts.people });
    this.order = inDependencyOrder(parts.stages);
    this.limits = new Map(parts.stages.map((s) => [s.id, pLimit(s.concurrency)]));
  }

  /**
   * @returns whether everything was taken as far as it goes; false when the signal stopped it
   * @throws FatalError, or whatever broke an invariant: the run is stopped, and the journal tells how far it came
   */
  async run(input: RunnerInput): Promise<boolean> {
    this.decisions.open({
      signal: this.stop.signal,
      underWay: this.underWay,
      putOff: this.putOff,
      canStart: input.canStart,
      hasRoom: () => this.underWay.size < input.inFlight,
      start: (state) => this.start(state, input, true),
      announce: (state) => this.announce(state),
      settle: (id) => this.settle(id),
      fail: (error) => this.fail(error),
    });
    const onAbort = (): void => this.stop.abort(input.signal.reason);
    input.signal.addEventListener('abort', onAbort, { once: true });
    if (input.signal.aborted) onAbort();
    for (const state of [...input.open, ...input.parked]) this.images.put(state);
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
      await this.decisions.close();
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
      await this.decisions.collected;
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
      await this.decisions.collected;
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
        const plan = await (stage as Stage).plan?.(ids.map((id) => this.images.of(id)));
        if (plan) this.parts.observer.on({ kind: 'search-planned', plan });
      }
      this.lastCall = true;
      for (const id of ids) {
        await this.room(input);
        // one that a decision has started is out of the list by now; or in it again before its other stages are over
        if (!this.putOff.has(id) || this.underWay.has(id)) continue;
        this.start(reopened(this.images.of(id)), input, false);
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
    return this.decisions.collect();
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
      const state = this.images.get(image.id);
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
      if (input.isKnown(image.id) || this.images.has(image.id)) continue;
      await this.room(input);
      this.announce(discovery);
      const passed = await this.whyPassed(discovery, input);
      if (passed) {
        await this.pass(discovery, passed, passed.kind);
        continue;
      }
      await this.images.write({ kind: 'image-found', image });
      this.start({ image, stages: {}, operations: [] }, input, false);
    }
    await this.images.write({ kind: 'scan-ended', at: this.now() });
    this.parts.observer.on({ kind: 'scan-ended' });
  }

  /** What keeps an image from being begun; undefined when nothing does. */
  private async whyPassed(
    discovery: Discovery,
    input: RunnerInput,
  ): Promise<(StageOutcome<never> & { kind: 'failed' | 'skipped' }) | undefined> {
    const failed = ({ reason, message }: Pick<ImageError, 'reason' | 'message'>) =>
      ({ kind: 'failed', error: { reason, message, attempts: 1 } }) as const;
    if (discovery.kind === 'problem') return failed(discovery);
    try {
      const why = discovery.kind === 'passed-over' ? discovery.why : await input.passOver(discovery);
      return why === undefined ? undefined : { kind: 'skipped', why, final: true };
    } catch (error) {
      // nobody can say whether it has a sidecar: the next run comes upon it again
      if (error instanceof ImageError) return failed(error);
      throw error;
    }
  }

  /** Waits until another image may start. */
  private async room(input: RunnerInput): Promise<void> {
    while (this.underWay.size >= input.inFlight) await Promise.race(this.underWay.values());
    this.stop.signal.throwIfAborted();
  }

  private async pass(discovery: Discovery, outcome: StageOutcome<never>, fate: ImageFate): Promise<void> {
    const { image } = discovery;
    await this.images.write({ kind: 'image-passed', image, outcome, fate });
    this.announced.delete(image.id);
    const state: ImageState = { image, stages: { scan: { outcome, ms: 0 } }, operations: [], fate };
    this.parts.observer.on({ kind: 'stage-ended', state, stage: 'scan' });
    this.parts.observer.on({ kind: 'image-settled', state });
  }

  /** @param wasAway it was found by an earlier run, and its file may be gone */
  private start(state: ImageState, input: RunnerInput, wasAway: boolean): void {
    const { id } = state.image;
    this.images.put(state);
    // its turn has come, or a decision takes it there
    this.putOff.delete(id);
    const way = (wasAway ? this.driveIfThere(state, input) : this.drive(id, input))
      .catch((error: unknown) => {
        this.fail(error);
      })
      .finally(() => {
        this.underWay.delete(id);
        this.decisions.startDecided();
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
    if (!this.putOff.has(id) && !this.decisions.isDecidedAnew(id)) await this.settle(id);
  }

  /** @returns whether the stages that need this one may go on */
  private async runStage(stage: AnyStage, id: ImageId, input: RunnerInput): Promise<boolean> {
    const recorded = this.images.of(id).stages[stage.id];
    if (recorded) return hasPassed(recorded);
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
    const { image } = this.images.of(id);
    this.parts.observer.on({ kind: 'stage-started', image, stage: stage.id });
    const began = this.parts.clock.now();
    const isReview = stage.id === 'review';
    // what was decided until now is what it goes by
    if (isReview) this.decisions.takenUp(id);
    const outcome = await this.attempt(stage, id);
    if (outcome.kind === 'put-off') {
      const record: StageRecord = { outcome: { kind: 'waiting', why: 'quota', detail: outcome.detail }, ms: 0 };
      this.putOff.set(id, { stage: stage.id, record });
      this.parts.observer.on({ kind: 'stage-put-off', image, stage: stage.id });
      return false;
    }
    // of two decisions the later one counts until the first is carried out
    if (isReview && this.decisions.isDecidedAnew(id)) return false;
    const mayGoOn = await this.record(stage.id, id, { outcome, ms: this.parts.clock.now() - began });
    return mayGoOn && !(isReview && this.decisions.isDecidedAnew(id));
  }

  private async attempt(stage: AnyStage, id: ImageId): Promise<StageOutcome | PutOff> {
    for (let attempts = 1; ; attempts++) {
      try {
        return await (stage as Stage).run(this.images.of(id), this.context(stage.id, id));
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
      intend: (operations) => this.images.write({ kind: 'intended', image: id, stage, operations }, true),
      operated: (operations) => this.images.write({ kind: 'operated', image: id, operations }),
      remember: (answer) => this.images.write({ kind: 'answered', ...answer }),
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
    await this.images.write({ kind: 'stage-ended', image: id, stage, record, ...traffic });
    this.parts.observer.on({ kind: 'stage-ended', state: this.images.of(id), stage, ...(requests && { requests }) });
    return hasPassed(record);
  }

  private async settle(id: ImageId): Promise<void> {
    const fate = fateOf(this.images.of(id));
    await this.images.write({ kind: 'image-settled', at: this.now(), image: id, fate });
    const state = this.images.of(id);
    if (fate !== 'awaiting-review' && fate !== 'awaiting-quota') {
      this.images.drop(id);
      // one that was decided on can come back
      if (!state.decision) this.announced.delete(id);
    }
    this.parts.observer.on({ kind: 'image-settled', state });
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
