import type { StageFailure } from './failure.ts';
import type { StageId } from './stageId.ts';
import type { StageResults } from './stageResults.ts';

/** Why an image waits: for a person, for the next day's quota, or for something outside to come back. */
export type WaitReason = 'review' | 'quota' | 'retry';

/** What a stage says of one image. */
export type StageOutcome<R = StageResults[StageId]> =
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'skipped'; readonly why: string; readonly result?: R }
  | {
      readonly kind: 'waiting';
      readonly why: WaitReason;
      readonly detail: string;
      /** ISO 8601: when it is worth trying again */
      readonly until?: string;
      readonly result?: R;
    }
  | { readonly kind: 'failed'; readonly error: StageFailure; readonly result?: R };

/** How a stage stands for an image. */
export type StageStatus = 'pending' | 'running' | StageOutcome['kind'];

/** Where an image ends in a run. The five sum up to the run's total, `awaitingRetry` being part of `processed`. */
export type ImageFate = 'processed' | 'skipped' | 'failed' | 'awaiting-review' | 'awaiting-quota';
