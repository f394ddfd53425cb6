import { resultOf, type ImageState, type StageRecord } from '../model/imageState.ts';
import type { ImageId } from '../model/ids.ts';
import type { StageId } from '../model/stageId.ts';
import { reopened, undecided } from '../journal/fold.ts';
import type { Clock } from '../ports/clock.ts';
import type { DecisionBox, PostedDecision } from '../ports/decisionBox.ts';
import type { LiveImages } from './liveImages.ts';
import type { RunObserver } from './observer.ts';

/** Who decides, and what is needed to take a decision back that was carried out. */
export interface People {
  readonly box: Pick<DecisionBox, 'unread'>;
  /** Those of the images that were decided on in this run, or are unfinished. */
  statesOf(ids: ReadonlySet<ImageId>): ReadonlyMap<ImageId, ImageState>;
  /** Puts the image's files back. `alone`: no other image is under way. */
  putBack(state: ImageState, alone: boolean): Promise<PutBack>;
}

export type PutBack =
  { readonly kind: 'back'; readonly notes: readonly string[] } | { readonly kind: 'stays'; readonly why: string };

/** Why a decision is not taken back on an image that this run does not know. */
export const OF_ANOTHER_RUN =
  'it was carried out by a run that has ended; an undo of that run, or of the image, takes it back';

/** A stage has put an image off until all others have been through. */
export interface PutOffRecord {
  readonly stage: StageId;
  /** how it stands if it does not come to that */
  readonly record: StageRecord;
}

/** The run that decisions come into. */
export interface DecidedRun {
  readonly signal: AbortSignal;
  readonly underWay: ReadonlyMap<ImageId, Promise<void>>;
  readonly putOff: ReadonlyMap<ImageId, PutOffRecord>;
  /** false for an image whose turn can't come in this run: a decision on it is kept */
  canStart(state: ImageState): boolean;
  /** whether another image may start */
  hasRoom(): boolean;
  start(state: ImageState): void;
  announce(state: ImageState): void;
  settle(id: ImageId): Promise<void>;
  fail(error: unknown): void;
}

export interface DecisionsParts {
  readonly images: LiveImages;
  readonly clock: Clock;
  readonly observer: RunObserver;
  /** absent: nobody decides */
  readonly people: People | undefined;
}

/**
 * What people decide while a run is on: letters are read in the order in which they came, each decision is written down and
 * starts its image anew as soon as there is room, and one that is taken back is undone.
 */
export class Decisions {
  private readonly parts: DecisionsParts;
  private run: DecidedRun | undefined;
  /** decided on, and to be started as soon as there is room */
  private readonly decided = new Set<ImageId>();
  /** its decision is just being written down */
  private deciding: ImageId | undefined;
  private reading: Promise<void> = Promise.resolve();

  constructor(parts: DecisionsParts) {
    this.parts = parts;
  }

  /** From now on letters are read. */
  open(run: DecidedRun): void {
    this.run = run;
  }

  /** No other letter is begun. Resolves when the one that is being read has come to its end. */
  async close(): Promise<void> {
    this.run = undefined;
    await this.reading;
  }

  /** Resolves when the letters that were there by now are read. */
  get collected(): Promise<void> {
    return this.reading;
  }

  /** Takes up what people have decided, here or in another process. */
  collect(): Promise<void> {
    const { run } = this;
    this.reading = this.reading
      .then(() => this.readLetters())
      .catch((error: unknown) => {
        run?.fail(error);
      });
    return this.reading;
  }

  /** A decision has come that the review has not taken up: the image begins anew with that. */
  isDecidedAnew(id: ImageId): boolean {
    return this.deciding === id || this.decided.has(id);
  }

  /** The review goes by what was decided until now. */
  takenUp(id: ImageId): void {
    this.decided.delete(id);
  }

  /** Starts the images that were decided on, as far as there is room. */
  startDecided(): void {
    const { run } = this;
    const { images } = this.parts;
    if (!run || run.signal.aborted) return;
    for (const id of this.decided) {
      if (!run.hasRoom()) return;
      if (run.underWay.has(id)) continue;
      this.decided.delete(id);
      const decided = images.get(id);
      // it came while the image was ending
      if (!decided) continue;
      const { stages, ...state } = decided;
      // to be asked again, also where it has just ended with the decision before
      const { review: _, ...others } = stages;
      run.start(reopened({ ...state, stages: others }));
    }
  }

  private async readLetters(): Promise<void> {
    const { people, images } = this.parts;
    if (!people || !this.run) return;
    for (const letter of await people.box.unread()) {
      // what stays in the box is the next run's; a letter that is begun is read to its end
      const run = this.run as DecidedRun | undefined;
      if (!run || run.signal.aborted) return;
      const { decisions } = letter;
      const ended = new Set(decisions.map(({ image }) => image).filter((id) => !images.has(id)));
      const known = ended.size > 0 ? people.statesOf(ended) : undefined;
      for (const posted of decisions) {
        const { image } = posted;
        // one that was under way when the letter was begun may have ended while another was taken back
        const past = ended.has(image) ? known : images.has(image) ? undefined : people.statesOf(new Set([image]));
        await this.obey(posted, images.get(image) ?? past?.get(image), people, run);
      }
      // whatever came of the last of them, and whichever run wrote them down
      await images.synced();
      await letter.remove();
    }
  }

  private async obey(
    { image, decision }: PostedDecision,
    state: ImageState | undefined,
    people: People,
    run: DecidedRun,
  ): Promise<void> {
    const { images, observer } = this.parts;
    if (!state && !decision) {
      observer.on({ kind: 'decision-stays', image, why: OF_ANOTHER_RUN });
    } else if (!state) {
      observer.on({ kind: 'warning', text: 'A decision was left out: its image no longer waits.' });
    } else if (!decision) {
      await this.takeBack(state, people, run);
    } else if (images.has(image) && !isPastReview(state, run.underWay.has(image))) {
      this.deciding = image;
      await images.write({ kind: 'decided', at: this.now(), image, decision });
      this.deciding = undefined;
      if (!images.has(image)) {
        const text = `${state.image.path} has just ended here; the next run goes by the decision on it.`;
        observer.on({ kind: 'warning', text });
        return;
      }
      run.announce(state);
      if (!run.canStart(state)) return run.settle(image);
      this.decided.add(image);
      this.startDecided();
    } else if (JSON.stringify(state.decision) !== JSON.stringify(decision)) {
      observer.on({
        kind: 'warning',
        text: `${state.image.path} was decided on before; the later decision was left out.`,
      });
    }
  }

  /**
   * The image waits again; what came of the decision is undone, where that can be.
   * @throws the reason of a stop, before anything is undone: the letter stays for the next run
   */
  private async takeBack({ image: { id } }: ImageState, people: People, run: DecidedRun): Promise<void> {
    const { images, observer } = this.parts;
    this.decided.delete(id);
    // its files are not left half-way: what was cut off or failed on its way is carried out first
    const begun = images.get(id);
    if (begun?.decision && begun.intent && !run.underWay.has(id)) {
      run.announce(begun);
      run.start(reopened(begun));
    }
    await run.underWay.get(id);
    const state = images.get(id) ?? people.statesOf(new Set([id])).get(id);
    if (!state?.decision) return;
    // it may have been cut off anywhere on its way
    run.signal.throwIfAborted();
    const put: PutBack = state.intent
      ? { kind: 'stays', why: 'it is half-way to its place, and could not be taken there' }
      : state.operations.length > 0
        ? await people.putBack(state, run.underWay.size === 0)
        : { kind: 'back', notes: [] };
    if (put.kind === 'stays') {
      observer.on({ kind: 'decision-stays', image: id, why: put.why });
      return;
    }
    const unsorted = resultOf(state, 'categorize');
    const before = undecided(state);
    // what is put off is pending for this run alone: for people and for the next run the image waits for it
    const putOff = run.putOff.get(id);
    const stages = { ...before.stages, ...(putOff && { [putOff.stage]: putOff.record }) };
    await images.write(
      { kind: 'decision-withdrawn', at: this.now(), state: { ...before, stages }, ...(unsorted && { unsorted }) },
      true,
    );
    observer.on({ kind: 'decision-withdrawn', state: images.of(id), notes: put.notes });
    await run.settle(id);
  }

  private now(): string {
    return new Date(this.parts.clock.now()).toISOString();
  }
}

/** Whether a decision comes too late: another one was carried out, or it is being sorted without any. */
function isPastReview({ stages, intent, operations }: ImageState, isUnderWay: boolean): boolean {
  const review = stages.review?.outcome.kind;
  return review === 'done' || (review === 'skipped' && (isUnderWay || intent !== undefined || operations.length > 0));
}
