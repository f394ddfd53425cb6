import { forgetSorting, learnSorting } from '../learning/learnSorting.ts';
import type { ImageState } from '../model/imageState.ts';
import type { CategorizeResult } from '../model/stageResults.ts';
import type { Store } from '../ports/store.ts';
import type { JournalEvent } from './events.ts';

/** What an event means for the database. `state` is the image's state before the event. Doing it twice changes nothing. */
export function project(event: JournalEvent, state: ImageState | undefined, store: Store): void {
  if (event.kind === 'answered') {
    const { at, sha256, provider, variant, answer } = event;
    store.rememberAnswer({ at, sha256, provider, variant, answer });
  }
  if (event.kind === 'decision-withdrawn' && event.unsorted) forgetSorting(event.state, event.unsorted, store);
  if (event.kind === 'stage-ended' && event.stage === 'categorize' && event.record.outcome.kind === 'done' && state) {
    learnSorting(state, event.record.outcome.result as CategorizeResult, store);
  }
}
