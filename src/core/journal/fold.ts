import type { ImageState, StageRecord } from '../model/imageState.ts';
import type { FileOperation } from '../model/operation.ts';
import { TO_REVIEW } from '../model/review.ts';
import type { JournalEvent } from './events.ts';

/** The event's image, where it concerns one. */
export function imageOf(event: JournalEvent) {
  switch (event.kind) {
    case 'image-carried':
    case 'decision-withdrawn':
      return event.state.image.id;
    case 'image-found':
    case 'image-passed':
      return event.image.id;
    case 'stage-ended':
    case 'intended':
    case 'operated':
    case 'decided':
    case 'image-settled':
      return event.image;
    case 'run-started':
    case 'run-resumed':
    case 'answered':
    case 'scan-ended':
    case 'run-ended':
      return undefined;
  }
}

/** The image's state after the event. Events that concern no image, or one that is not known, change nothing. */
export function fold(state: ImageState | undefined, event: JournalEvent): ImageState | undefined {
  switch (event.kind) {
    case 'image-carried':
    case 'decision-withdrawn':
      return event.state;
    case 'image-found':
      return { image: event.image, stages: {}, operations: [] };
    case 'image-passed':
      return {
        image: event.image,
        stages: { scan: { outcome: event.outcome, ms: 0 } },
        operations: [],
        fate: event.fate,
      };
    default:
      break;
  }
  if (!state) return undefined;
  switch (event.kind) {
    case 'stage-ended': {
      const { fate: _, intent, ...open } = state;
      const stages = { ...state.stages, [event.stage]: event.record };
      const { outcome } = event.record;
      // only now is the plan carried out for good: a kill right before this line finds it again, and finds it done
      const isOver = intent?.stage === event.stage && !(outcome.kind === 'failed' && outcome.unfinished);
      return { ...open, stages, ...(intent && !isOver && { intent }) };
    }
    case 'intended':
      return { ...state, intent: { stage: event.stage, operations: event.operations } };
    case 'operated': {
      const known = new Set(state.operations.map(named));
      return { ...state, operations: [...state.operations, ...event.operations.filter((o) => !known.has(named(o)))] };
    }
    case 'decided': {
      const { fate: _, decidedEarly: __, ...open } = state;
      const { review: ___, ...stages } = state.stages;
      const early = { ...(!isSearched(state) && { decidedEarly: true as const }) };
      return { ...open, stages, decision: event.decision, ...early };
    }
    case 'image-settled':
      return { ...state, fate: event.fate };
    default:
      return state;
  }
}

/** The image as it was before a person decided on it: it waits again, and what was found for it stays. */
export function undecided(state: ImageState): ImageState {
  const { fate: _, decision: __, decidedEarly: ___, intent: ____, ...rest } = state;
  const { scan, search, analyze } = state.stages;
  // an early decision left the search to come, which holds the review up
  const asked: StageRecord<never> = { outcome: { kind: 'waiting', ...TO_REVIEW }, ms: 0 };
  const stages = {
    ...(scan && { scan }),
    ...(search && { search }),
    ...(analyze && { analyze }),
    ...(isSearched(state) && { review: asked }),
  };
  return { ...rest, stages, operations: [] };
}

/** False also where the search is only pending, as in a run that has taken the image up again. */
function isSearched({ stages: { search } }: ImageState): boolean {
  return search?.outcome.kind === 'done' || search?.outcome.kind === 'skipped';
}

/** A plan that is carried out a second time after a crash reports the same operations again. */
const named = ({ op, from, to, sha256 }: FileOperation): string => JSON.stringify([op, from, to, sha256]);

/**
 * The image as a new attempt finds it: what is done or skipped stays, what waited or failed is pending again, and so is
 * everything that was reached by going past it.
 */
export function reopened(state: ImageState): ImageState {
  const { fate: _, ...rest } = state;
  const stages = Object.fromEntries(
    Object.entries(state.stages).filter(([, r]) => r.outcome.kind === 'done' || r.outcome.kind === 'skipped'),
  );
  return { ...rest, stages };
}
