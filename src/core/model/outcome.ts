import type { StageFailure } from './failure.ts';
import type { StageId } from './stageId.ts';
import type { StageResults } from './stageResults.ts';

/** Why an image waits: for a person, for the next day's quota, or for something outside to come back. */
export type WaitReason = 'review' | 'quota' | 'retry';

/** What a stage says of one image. */
export type StageOutcome<R = StageResults[StageId]> =
  | { readonly kind: 'done'; readonly result: R }
  /** `final`: the image ends here (a duplicate); else the stages after it go on without this one's result */
  | { readonly kind: 'skipped'; readonly why: string; readonly final?: true; readonly result?: R }
  | {
      readonly kind: 'waiting';
      readonly why: WaitReason;
      readonly detail: string;
      /** ISO 8601: when it is worth trying again */
      readonly until?: string;
      readonly result?: R;
    }
  /** `unfinished`: what was announced for the user's files is done in part, and the next attempt finishes it */
  | { readonly kind: 'failed'; readonly error: StageFailure; readonly unfinished?: true; readonly result?: R };

/** How a stage stands for an image. */
export type StageStatus = 'pending' | 'running' | StageOutcome['kind'];

/** Where an image ends in a run; the five sum up to the run's total. One that only waits for the NAS counts as processed. */
export type ImageFate = 'processed' | 'skipped' | 'failed' | 'awaiting-review' | 'awaiting-quota';
