import type { ImageState } from '../model/imageState.ts';
import { resultOf } from '../model/imageState.ts';
import type { StageOutcome } from '../model/outcome.ts';
import { TO_REVIEW, type Decision } from '../model/review.ts';
import type { Stage } from '../pipeline/stage.ts';
import { bringsTags, suggestionOf } from './suggestion.ts';

export interface ReviewParts {
  readonly approve: 'none' | 'high-confidence' | 'all';
  /** 0 to 1 */
  readonly threshold: number;
  readonly maxGeneralTags: number;
  /** passes over an image that would wait for a person, as if the tags were taken as they are */
  readonly dryRun: boolean;
}

/**
 * Stage 3. A person's decision counts first, then what the settings approve by themselves; any other image is parked until
 * somebody decides. An image without suggested tags needs nobody.
 */
export class ReviewStage implements Stage<'review'> {
  readonly id = 'review';
  readonly needs = ['search', 'analyze'] as const;
  readonly concurrency = 16;
  private readonly parts: ReviewParts;

  constructor(parts: ReviewParts) {
    this.parts = parts;
  }

  run(state: ImageState): Promise<StageOutcome<Decision>> {
    return Promise.resolve(this.decide(state));
  }

  private decide(state: ImageState): StageOutcome<Decision> {
    const found = resultOf(state, 'search')?.match;
    const isNews = state.decidedEarly && bringsTags(found);
    if (state.decision && !isNews) return { kind: 'done', result: state.decision };
    const suggestion = suggestionOf(state, this.parts.maxGeneralTags);
    if (!suggestion) return { kind: 'skipped', why: 'no suggested tags' };
    const { approve, threshold } = this.parts;
    if (approve === 'all' || (approve === 'high-confidence' && suggestion.evidence >= threshold)) {
      return { kind: 'done', result: { decision: 'automatic', tags: suggestion.tags } };
    }
    if (this.parts.dryRun) return { kind: 'skipped', why: TO_REVIEW.detail };
    return { kind: 'waiting', ...TO_REVIEW };
  }
}
