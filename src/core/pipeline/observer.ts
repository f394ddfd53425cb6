import type { FoundImage } from '../model/image.ts';
import type { ImageState } from '../model/imageState.ts';
import type { StageId } from '../model/stageId.ts';
import type { SearchPlan } from '../search/searchPlan.ts';
import type { ImageId, RunId } from '../model/ids.ts';

/** What a host may show while a run is on. Calls are synchronous and must be cheap. */
export type RunEvent =
  | { readonly kind: 'run-started'; readonly runId: RunId; readonly resumed: boolean }
  | { readonly kind: 'image-found'; readonly image: FoundImage }
  | { readonly kind: 'stage-started'; readonly image: FoundImage; readonly stage: StageId }
  | {
      readonly kind: 'stage-ended';
      readonly state: ImageState;
      readonly stage: StageId;
      /** to services since the last such event, whichever image they were for */
      readonly requests?: Readonly<Record<string, number>>;
    }
  /** begun, and put off until all images have been through what they can */
  | { readonly kind: 'stage-put-off'; readonly image: FoundImage; readonly stage: StageId }
  /** ended in this run, or parked; `state.fate` says which */
  | { readonly kind: 'image-settled'; readonly state: ImageState }
  /** a decision was taken back: the image waits again; `notes` say what could not be put back as it was */
  | { readonly kind: 'decision-withdrawn'; readonly state: ImageState; readonly notes: readonly string[] }
  /** a decision was to be taken back and can't be */
  | { readonly kind: 'decision-stays'; readonly image: ImageId; readonly why: string }
  /** all that was decided is carried out; the review may go on */
  | { readonly kind: 'review-idle' }
  | { readonly kind: 'scan-ended' }
  /** the free look-ups are through, the searches by picture begin */
  | { readonly kind: 'search-planned'; readonly plan: SearchPlan }
  /** `part`: a part of the program does not work here, so that the run does less than it should */
  | { readonly kind: 'warning'; readonly text: string; readonly about?: 'part' };

export interface RunObserver {
  on(event: RunEvent): void;
}
