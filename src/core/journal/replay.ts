import type { ImageId, RunId } from '../model/ids.ts';
import type { ImageState } from '../model/imageState.ts';
import type { Store } from '../ports/store.ts';
import { Digest } from './digest.ts';
import type { JournalEvent, RunPlan } from './events.ts';
import { imageOf } from './fold.ts';
import { noAnswers, type JournalEvents } from './journal.ts';
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
  /** the same, for the journal to follow */
  readonly digest: Digest;
}

/**
 * Reads a journal from where its digest ends, once, keeping whole states only of images that are not settled. What the
 * database has missed since its last checkpoint is added to it on the way.
 */
export async function replay(journal: JournalEvents, store?: Store): Promise<Replay | undefined> {
  const digest = await digestOf(journal, store);
  const { run, ended } = digest;
  if (!run) return undefined;
  // what the journal tells from now on is none of this
  return { ...run, open: new Map(digest.open), settled: digest.settled, digest, ...(ended && { ended }) };
}

/** @param store what it has missed is added to it */
export async function digestOf(journal: JournalEvents, store?: Store): Promise<Digest> {
  const misses = (end: number): boolean =>
    store !== undefined &&
    (store.position.journal < journal.number ||
      (store.position.journal === journal.number && end > store.position.offset));
  const saved = await journal.saved?.();
  // what the database lacks is to be read in whole
  const before = saved && !misses(saved.offset) ? Digest.read(saved.lines) : undefined;
  const digest = before ?? new Digest();
  for await (const { event, end } of journal.events(store ? misses : noAnswers, before && saved?.offset)) {
    const id = imageOf(event);
    if (store && misses(end)) project(event, id && digest.open.get(id), store);
    digest.apply(event);
  }
  return digest;
}
