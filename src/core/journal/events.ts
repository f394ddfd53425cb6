import type { ContentHash, ImageId, RunId } from '../model/ids.ts';
import type { FoundImage } from '../model/image.ts';
import type { ImageState, Intent, StageRecord } from '../model/imageState.ts';
import type { ProviderId } from '../model/match.ts';
import type { FileOperation } from '../model/operation.ts';
import type { ImageFate, StageOutcome } from '../model/outcome.ts';
import type { Decision } from '../model/review.ts';
import type { StageId } from '../model/stageId.ts';
import type { CategorizeResult } from '../model/stageResults.ts';
import type { SearchAnswer } from '../ports/reverseImageSearch.ts';

/** What a run was asked to do: enough to go on with it after a kill. */
export interface RunPlan {
  /** `review`: carries out decisions on what was parked, for as long as somebody is at the review */
  readonly command: 'process' | 'resume' | 'review';
  /** absolute path of the folder to walk; absent when only parked images are taken up */
  readonly inbox?: string;
  /** absolute paths of folders that runs before it have walked, from which unfinished images may have been taken over */
  readonly inboxes?: readonly string[];
  /** absolute paths of the images in it that alone are taken up; absent: all */
  readonly only?: readonly string[];
  readonly sorted: string;
  readonly from?: StageId;
  readonly to?: StageId;
  readonly skip: readonly StageId[];
  /** also images that have a sidecar */
  readonly reprocess: boolean;
  readonly offline: boolean;
  /** settings given for this run alone (`--set`, `--approve`, ...), by key without prefix */
  readonly overrides: Readonly<Record<string, unknown>>;
}

/**
 * One line of the journal, the one truth about a run.
 *
 *   run-started  (image-carried)*  [ image-found (stage-ended | intended operated | decided)* image-settled | image-passed ]*
 *   scan-ended  run-ended  [ run-resumed ... run-ended ]
 *
 * Lines of different images are interleaved. A run without `run-ended` was killed. `image-settled` may come again for an
 * image that failed and was tried again.
 */
export type JournalEvent =
  | {
      readonly kind: 'run-started';
      readonly at: string;
      readonly runId: RunId;
      readonly version: string;
      readonly plan: RunPlan;
    }
  | { readonly kind: 'run-resumed'; readonly at: string; readonly version: string; readonly plan: RunPlan }
  /** unfinished in the journal before this one */
  | { readonly kind: 'image-carried'; readonly state: ImageState }
  | { readonly kind: 'image-found'; readonly image: FoundImage }
  /** found and ended at once: passed over, or a problem */
  | {
      readonly kind: 'image-passed';
      readonly image: FoundImage;
      readonly outcome: StageOutcome<never>;
      readonly fate: ImageFate;
    }
  | {
      readonly kind: 'stage-ended';
      readonly image: ImageId;
      readonly stage: StageId;
      readonly record: StageRecord;
      /** requests to services since the last such line, whichever image they were for */
      readonly requests?: Readonly<Record<string, number>>;
      readonly retries?: number;
    }
  /** what a service said of a picture: what the search cache is made of */
  | {
      readonly kind: 'answered';
      readonly at: number;
      readonly sha256: ContentHash;
      readonly provider: ProviderId;
      readonly variant: string;
      readonly answer: SearchAnswer;
    }
  | ({ readonly kind: 'intended'; readonly image: ImageId } & Intent)
  | { readonly kind: 'operated'; readonly image: ImageId; readonly operations: readonly FileOperation[] }
  | { readonly kind: 'decided'; readonly at: string; readonly image: ImageId; readonly decision: Decision }
  /** the decision was taken back, and what came of it was undone: the image waits again */
  | {
      readonly kind: 'decision-withdrawn';
      readonly at: string;
      /** from now on, whatever was known of it before */
      readonly state: ImageState;
      /** how it had been sorted */
      readonly unsorted?: CategorizeResult;
    }
  | { readonly kind: 'image-settled'; readonly at: string; readonly image: ImageId; readonly fate: ImageFate }
  | { readonly kind: 'scan-ended'; readonly at: string }
  | {
      readonly kind: 'run-ended';
      readonly at: string;
      readonly outcome: RunOutcome;
      /** absolute paths */
      readonly manifest?: string;
      readonly errorReport?: string;
    };

export type RunOutcome = 'completed' | 'interrupted';
