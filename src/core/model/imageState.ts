import type { FoundImage } from './image.ts';
import type { FileOperation } from './operation.ts';
import type { ImageFate, StageOutcome } from './outcome.ts';
import type { Decision } from './review.ts';
import type { StageId } from './stageId.ts';
import type { StageResults } from './stageResults.ts';

/** How one stage ended for one image. */
export interface StageRecord<R = StageResults[StageId]> {
  readonly outcome: StageOutcome<R>;
  readonly ms: number;
}

/** A change to the user's files that was announced and may have been done in part. */
export interface Intent {
  readonly stage: StageId;
  readonly operations: readonly FileOperation[];
}

/** All that is known of one image: a fold over its journal events. A stage without a record is pending. */
export interface ImageState {
  readonly image: FoundImage;
  readonly stages: { readonly [K in StageId]?: StageRecord<StageResults[K]> };
  /** done, in order */
  readonly operations: readonly FileOperation[];
  readonly intent?: Intent;
  /** a person's decision that the review stage has not taken up yet, or has */
  readonly decision?: Decision;
  /** it was made while the search was still to come, on what the models suggest: what the search finds is asked about again */
  readonly decidedEarly?: true;
  /** set when the image has ended in this run */
  readonly fate?: ImageFate;
}

/** What a stage found for an image, whether it was done, or skipped with a result. */
export function resultOf<K extends StageId>(state: ImageState, stage: K): StageResults[K] | undefined {
  return state.stages[stage]?.outcome.result;
}

/** Whether the stages that need this one may go on. */
export function hasPassed({ outcome }: StageRecord): boolean {
  return outcome.kind === 'done' || (outcome.kind === 'skipped' && outcome.final !== true);
}
