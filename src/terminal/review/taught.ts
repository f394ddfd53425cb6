import type { SuggestedCategories } from '../../compose.ts';
import type { ImageId } from '../../core/model/ids.ts';
import { resultOf, type ImageState } from '../../core/model/imageState.ts';
import type { RunEvent } from '../../core/pipeline/observer.ts';

/** Keeps the suggestions up with what the person teaches by the decisions of this sitting. */
export class Taught {
  private readonly categories: SuggestedCategories;
  /** sorted in this sitting: what they taught goes when they are put back */
  private readonly sorted = new Map<ImageId, ImageState>();

  constructor(categories: SuggestedCategories) {
    this.categories = categories;
  }

  /** @returns whether other images may be suggested elsewhere by now */
  on(event: RunEvent): boolean {
    if (event.kind === 'image-settled') return this.learn(event.state);
    if (event.kind === 'decision-withdrawn') return this.forget(event.state.image.id);
    return false;
  }

  private learn(state: ImageState): boolean {
    const result = resultOf(state, 'categorize');
    if (!result) return false;
    this.sorted.set(state.image.id, state);
    this.categories.sorted(state, 'done');
    return result.chosen !== undefined;
  }

  private forget(id: ImageId): boolean {
    const state = this.sorted.get(id);
    if (!state) return false;
    this.sorted.delete(id);
    this.categories.sorted(state, 'undone');
    return true;
  }
}
