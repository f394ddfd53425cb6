import type { ImageState } from '../model/imageState.ts';
import { resultOf } from '../model/imageState.ts';
import type { StageOutcome } from '../model/outcome.ts';
import { countTags } from '../model/tag.ts';
import type { Decision } from '../model/review.ts';
import type { Stage } from '../pipeline/stage.ts';
import type { Reviewer } from '../ports/reviewer.ts';
import { suggestionOf } from './suggestion.ts';

export interface ReviewParts {
  readonly reviewer: Reviewer;
  readonly approve: 'none' | 'high-confidence' | 'all';
  /** 0 to 1 */
  readonly threshold: number;
  readonly maxGeneralTags: number;
  /** passes over an image that would wait for a person, as if the tags were taken as they are */
  readonly dryRun: boolean;
}

export const WAITS_FOR_PERSON = 'a person decides on the suggested tags';

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
    const isNews = state.decidedEarly && found && countTags(found.tags) > 0;
    if (state.decision && !isNews) return { kind: 'done', result: state.decision };
    const suggestion = suggestionOf(state, this.parts.maxGeneralTags);
    if (!suggestion) return { kind: 'skipped', why: 'no suggested tags' };
    const { approve, threshold, reviewer } = this.parts;
    if (approve === 'all' || (approve === 'high-confidence' && suggestion.evidence >= threshold)) {
      return { kind: 'done', result: { decision: 'automatic', tags: suggestion.tags } };
    }
    const decision = reviewer.decide(state.image, suggestion, found);
    if (decision) return { kind: 'done', result: decision };
    if (this.parts.dryRun) return { kind: 'skipped', why: WAITS_FOR_PERSON };
    return { kind: 'waiting', why: 'review', detail: WAITS_FOR_PERSON };
  }
}
