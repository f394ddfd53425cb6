import type { ImageState } from '../model/imageState.ts';
import type { FileOperation } from '../model/operation.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { StageId } from '../model/stageId.ts';
import type { StageResults } from '../model/stageResults.ts';
import type { SearchPlan } from '../search/searchPlan.ts';
import type { RememberedAnswer } from '../ports/store.ts';

/** What the runner lends to a stage while it works on one image. */
export interface StageContext {
  readonly signal: AbortSignal;
  /** Writes down, durably, what is about to be done to the user's files. Must come first. */
  intend(operations: readonly FileOperation[]): Promise<void>;
  /** Writes down what has been done. */
  operated(operations: readonly FileOperation[]): Promise<void>;
  /** Keeps a service's answer for the next time. */
  remember(answer: RememberedAnswer): Promise<void>;
  /** All images of the run have been through what they could: what was put off is due now. */
  readonly lastCall: boolean;
  /**
   * Tells the user something about the run as a whole; the same text is told once.
   * @param about `part`: a part of the program does not work here, so that the run does less than it should
   */
  warn(text: string, about?: 'part'): void;
}

/** Not now, but in this run: when all of its images have been through what costs nothing. */
export interface PutOff {
  readonly kind: 'put-off';
  /** what it waits for when the run is stopped before its turn */
  readonly detail: string;
}

/**
 * One of the seven steps. It decides; ports do. Expected trouble with an image is thrown as an ImageError, and the runner
 * makes it a failure of this stage for this image. Running it twice for the same image changes nothing: after a crash it
 * finds `state.intent` and finishes what was begun.
 */
export interface Stage<K extends StageId = StageId> {
  readonly id: K;
  /** runs when all of these are done or skipped */
  readonly needs: readonly StageId[];
  /** how many images at once */
  readonly concurrency: number;
  run(state: ImageState, context: StageContext): Promise<StageOutcome<StageResults[K]> | PutOff>;
  /** Whether it can do its work at all, asked before the first image. @throws FatalError that says what is missing */
  ready?(): Promise<void>;
  /** Says what is ahead for the images that it has put off, before they are taken up. */
  plan?(putOff: readonly ImageState[]): Promise<SearchPlan>;
}

/** Any of the stages, each with its own type of result. */
export type AnyStage = { [K in StageId]: Stage<K> }[StageId];
