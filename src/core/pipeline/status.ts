import type { FailureReason } from '../model/failure.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import type { ImageFate, StageStatus } from '../model/outcome.ts';
import { STAGE_IDS, type StageId } from '../model/stageId.ts';
import type { DecisionBox } from '../ports/decisionBox.ts';
import type { JournalFolder } from '../ports/journalFile.ts';
import { fateOf } from '../journal/fateOf.ts';
import { LastReading } from '../journal/lastReading.ts';
import type { Statistics } from '../report/statistics.ts';
import { awaitsPerson } from '../stages/suggestion.ts';
import { verdictText } from '../search/verdictText.ts';
import type { RunOutcome, RunPlan } from '../journal/events.ts';
import { isCutOff } from './planRun.ts';

/** Where one image stands that still has something to come, or that failed. */
export interface ImageStanding {
  readonly source: string;
  readonly fate: ImageFate | 'unfinished';
  readonly stages: Readonly<Record<StageId, StageStatus>>;
  /** what it waits for or failed with, in words */
  readonly detail?: string;
  /** why it failed; the advice for it is in core/report/advice.ts */
  readonly reason?: FailureReason;
  /** ISO 8601 */
  readonly until?: string;
  /** what came of its search, in words */
  readonly search?: string;
}

/** What the live journal tells. */
export interface RunStatus {
  readonly runId: string;
  readonly startedAt: string;
  /** absent while it is on, or when it was killed */
  readonly outcome?: RunOutcome;
  readonly plan: RunPlan;
  readonly statistics: Statistics;
  readonly manifest?: string;
  readonly errorReport?: string;
  /** unfinished, waiting and failed ones */
  readonly images: readonly ImageStanding[];
}

/**
 * It ended before its work was done, if it has ended. A review has its end when it is closed, and until then nothing to do but
 * what was decided.
 */
export function isUnfinished({ outcome, plan, images }: RunStatus): boolean {
  if (outcome === undefined && plan.command === 'review') return images.some(({ fate }) => fate === 'unfinished');
  return outcome !== 'completed';
}

/** Reads the live journal without disturbing a run that is on. Undefined when there has been none. */
export async function readStatus(
  journals: JournalFolder,
  reading: LastReading = new LastReading(),
): Promise<RunStatus | undefined> {
  const reader = await journals.readLatest();
  if (!reader) return undefined;
  const digest = await reading.read(reader);
  const { run, ended } = digest;
  if (!run) return undefined;
  const images: ImageStanding[] = [];
  for (const { state, fate } of digest.unfinished()) {
    if (fate !== 'processed' && fate !== 'skipped') images.push(standing(state));
  }
  return {
    ...run,
    statistics: digest.statistics(),
    images,
    ...(ended && { outcome: ended.outcome }),
    ...(ended?.manifest !== undefined && { manifest: ended.manifest }),
    ...(ended?.errorReport !== undefined && { errorReport: ended.errorReport }),
  };
}

/** The images of the live journal on which a person can decide, and has not. */
export async function waitingImages(
  journals: JournalFolder,
  box: DecisionBox,
  reading: LastReading = new LastReading(),
): Promise<readonly ImageState[]> {
  // before the journal, where they go next
  const posted = new Map((await box.unread()).flatMap(({ decisions }) => decisions).map((d) => [d.image, d.decision]));
  const reader = await journals.readLatest();
  const waiting: ImageState[] = [];
  if (!reader) return waiting;
  for (const { state, fate } of (await reading.read(reader)).unfinished()) {
    if (awaitsPerson(state, fate) && posted.get(state.image.id) === undefined) waiting.push(state);
  }
  return waiting;
}

/** The image's stages and what holds it up, in words. */
export function standing(state: ImageState): ImageStanding {
  const outcomes = STAGE_IDS.map((id) => state.stages[id]?.outcome);
  const failed = outcomes.find((o) => o?.kind === 'failed');
  // what was decided on goes past what it waited for or failed with before
  const held = isCutOff(state) ? undefined : (failed ?? outcomes.find((o) => o?.kind === 'waiting'));
  const search = resultOf(state, 'search');
  return {
    source: state.image.path,
    fate: state.fate ?? (held ? fateOf(state) : 'unfinished'),
    stages: Object.fromEntries(STAGE_IDS.map((id, i) => [id, outcomes[i]?.kind ?? 'pending'])) as Record<
      StageId,
      StageStatus
    >,
    ...(search && { search: verdictText(search) }),
    ...(held?.kind === 'failed' && { detail: held.error.message, reason: held.error.reason }),
    ...(held?.kind === 'waiting' && { detail: held.detail, ...(held.until !== undefined && { until: held.until }) }),
  };
}
