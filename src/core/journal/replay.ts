import type { ImageId, RunId } from '../model/ids.ts';
import type { ImageState } from '../model/imageState.ts';
import type { Store } from '../ports/store.ts';
import type { JournalEvent, RunPlan } from './events.ts';
import { fold, imageOf } from './fold.ts';
import type { JournalEvents } from './journal.ts';
import { project } from './project.ts';

/** What a journal says when it is opened again. */
export interface Replay {
  readonly runId: RunId;
  /** ISO 8601 */
  readonly startedAt: string;
  /** of the last start or resumption */
  readonly plan: RunPlan;
  /** the last line but for decisions, if the run ended */
  readonly ended?: Extract<JournalEvent, { kind: 'run-ended' }>;
  /** images that have something left to do: under way, parked, or failed in a stage after scan */
  readonly open: ReadonlyMap<ImageId, ImageState>;
  /** all others */
  readonly settled: ReadonlySet<ImageId>;
}

/**
 * Reads a journal from its start, once, keeping whole states only of images that are not settled. What the database has
 * missed since its last checkpoint is added to it on the way.
 */
export async function replay(journal: JournalEvents, store?: Store): Promise<Replay | undefined> {
  const open = new Map<ImageId, ImageState>();
  const settled = new Set<ImageId>();
  let start: Extract<JournalEvent, { kind: 'run-started' }> | undefined;
  let plan: RunPlan | undefined;
  let ended: Extract<JournalEvent, { kind: 'run-ended' }> | undefined;
  const missed = (end: number): boolean =>
    store !== undefined &&
    (store.position.journal < journal.number ||
      (store.position.journal === journal.number && end > store.position.offset));

  for await (const { event, end } of journal.events(missed)) {
    if (event.kind === 'run-started') start = event;
    if (event.kind === 'run-started' || event.kind === 'run-resumed') {
      plan = event.plan;
      ended = undefined;
    }
    if (event.kind === 'run-ended') ended = event;

    const id = imageOf(event);
    const before = id && open.get(id);
    if (store && missed(end)) project(event, before, store);
    if (!id) continue;
    const state = fold(before, event);
    if (!state) continue;
    if (isOpen(state)) {
      settled.delete(id);
      open.set(id, state);
    } else {
      open.delete(id);
      settled.add(id);
    }
  }
  if (!start || !plan) return undefined;
  return { runId: start.runId, startedAt: start.at, plan, open, settled, ...(ended && { ended }) };
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
  return Object.values(state.stages).some((r) => r.outcome.kind === 'waiting' || r.outcome.kind === 'failed');
}
