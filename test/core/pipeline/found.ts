import type { Replay } from '../../../src/core/journal/replay.ts';
import { Digest } from '../../../src/core/journal/digest.ts';
import type { JournalEvent, RunPlan } from '../../../src/core/journal/events.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import { AT, started, storyOf } from '../journal/story.ts';

/** An image with what came of its stages. */
export function stateOf(
  name: string,
  outcomes: Partial<Record<StageId, StageOutcome>> = {},
  more: Partial<ImageState> = {},
): ImageState {
  const stages = Object.fromEntries(Object.entries(outcomes).map(([id, outcome]) => [id, { outcome, ms: 1 }]));
  return { image: storyOf(name).image, stages, operations: [], ...more };
}

export const PLAN = (started as Extract<JournalEvent, { kind: 'run-started' }>).plan;

/** What the journal of a run of this plan says, as a run that is started after it finds it. */
export function foundRun(plan: Partial<RunPlan>, how: 'over' | 'cut-off', ...open: readonly ImageState[]): Replay {
  const digest = new Digest();
  const events: readonly JournalEvent[] = [
    { ...started, plan: { ...PLAN, ...plan } } as JournalEvent,
    ...open.map((state): JournalEvent => ({ kind: 'image-carried', state })),
    ...(how === 'over' ? [{ kind: 'run-ended', at: AT, outcome: 'completed' } as const] : []),
  ];
  for (const event of events) digest.apply(event);
  const { run, ended } = digest;
  if (!run) throw new Error('a run begins with its plan');
  return { ...run, open: new Map(digest.open), settled: digest.settled, digest, ...(ended && { ended }) };
}
