import type { ImageState } from '../model/imageState.ts';
import type { ImageFate } from '../model/outcome.ts';

/** Where the image stands when nothing more can be done for it now. What waits only for the NAS is processed. */
export function fateOf(state: ImageState): ImageFate {
  const outcomes = Object.values(state.stages).map((r) => r.outcome);
  if (outcomes.some((o) => o.kind === 'skipped' && o.final)) return 'skipped';
  if (outcomes.some((o) => o.kind === 'failed')) return 'failed';
  for (const o of outcomes) {
    if (o.kind === 'waiting' && o.why === 'review') return 'awaiting-review';
    if (o.kind === 'waiting' && o.why === 'quota') return 'awaiting-quota';
  }
  return isToBeCarriedOut(state) ? 'awaiting-review' : 'processed';
}

/** A run that ended before the review has left the decision for another. */
const isToBeCarriedOut = ({ decision, stages }: ImageState): boolean => decision !== undefined && !stages.review;

/** An image that a kill caught under way has failed in no stage: it counts as failed for the manifest of that run alone. */
export function endedFateOf(state: ImageState): ImageFate {
  if (state.fate !== undefined) return state.fate;
  const fate = fateOf(state);
  return fate === 'processed' ? 'failed' : fate;
}

/** Whether nothing more can become of the image in this run, whatever is decided and whatever comes back. */
export function isEnded(state: ImageState): boolean {
  if (state.fate !== 'processed' && state.fate !== 'skipped') return false;
  // one that only waits for the NAS may be taken up again, and a decision taken back: the last word is yet to come
  return state.stages.sync?.outcome.kind !== 'waiting' && !state.decision;
}

/** Whether something is left to do for the image. */
export const isOpen = (state: ImageState): boolean => state.fate === undefined || worthAnotherTry(state);

/**
 * Parked images and those that failed after scan are taken up by the next run, with what is known of them. What failed at
 * scan has nothing to keep, unless it is half-way to the trash: the next scan comes upon it again.
 */
function worthAnotherTry(state: ImageState): boolean {
  if (state.intent) return true;
  if (state.stages.scan?.outcome.kind !== 'done') return false;
  if (isToBeCarriedOut(state)) return true;
  return Object.values(state.stages).some((r) => r.outcome.kind === 'waiting' || r.outcome.kind === 'failed');
}
