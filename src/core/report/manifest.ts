import { STYLE_WORDS } from '../model/analysis.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import type { ImageFate, StageOutcome } from '../model/outcome.ts';
import { STAGE_IDS, type StageId } from '../model/stageId.ts';
import type { RunOutcome } from '../journal/events.ts';
import { fold, imageOf } from '../journal/fold.ts';
import { noAnswers, type JournalEvents } from '../journal/journal.ts';
import { endedFateOf, isEnded } from '../journal/fateOf.ts';
import type { Statistics } from './statistics.ts';

export const MANIFEST_VERSION = 1;

/** What heads a manifest. */
export interface ManifestHead {
  readonly runId: string;
  /** ISO 8601 with zone */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly outcome: RunOutcome;
  /** the settings of the run; they hold no secret */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/**
 * The manifest as pieces of text, one image at a time: a run of any size needs no more memory than its images under way.
 * A reader finds the numbers first, since they were summed up before.
 */
export async function* manifestText(
  journal: JournalEvents,
  head: ManifestHead,
  statistics: Statistics,
): AsyncGenerator<string> {
  const { runId, startedAt, endedAt, outcome, configuration } = head;
  const top = { version: MANIFEST_VERSION, runId, startedAt, endedAt, outcome, configuration, statistics };
  yield `${JSON.stringify(top, null, 2).slice(0, -2)},\n  "images": [`;
  let first = true;
  for await (const { state } of imagesOf(journal)) {
    const entry = JSON.stringify(manifestEntry(state), null, 2).replaceAll('\n', '\n    ');
    yield `${first ? '' : ','}\n    ${entry}`;
    first = false;
  }
  yield `${first ? '' : '\n  '}]\n}\n`;
}

/** Images that ended for good come as soon as they have, so that only the others are held in memory. */
export async function* imagesOf(
  journal: JournalEvents,
  onEvent?: (event: Parameters<typeof fold>[1]) => void,
): AsyncGenerator<{ readonly state: ImageState; readonly fate: ImageFate }> {
  const open = new Map<string, ImageState>();
  for await (const { event } of journal.events(noAnswers)) {
    onEvent?.(event);
    const id = imageOf(event);
    if (id === undefined) continue;
    const state = fold(open.get(id), event);
    if (!state) continue;
    if (state.fate === 'processed' || state.fate === 'skipped') {
      open.delete(id);
      if (isEnded(state)) {
        yield { state, fate: state.fate };
        continue;
      }
    }
    open.set(id, state);
  }
  for (const state of open.values()) yield { state, fate: endedFateOf(state) };
}

/** One image, as the manifest tells of it. */
export function manifestEntry(state: ImageState): object {
  const sorted = resultOf(state, 'categorize');
  const sidecar = sorted ? sorted.sidecar : resultOf(state, 'xmp')?.sidecar;
  const scan = resultOf(state, 'scan');
  return {
    source: state.image.path,
    ...(scan && { sha256: scan.sha256 }),
    ...(sorted && { destination: sorted.destination }),
    ...(sidecar !== undefined && { sidecar }),
    ...(sorted && { category: sorted.final }),
    stages: Object.fromEntries(
      STAGE_IDS.map((id) => {
        const record = state.stages[id];
        return [
          id,
          record ? { status: record.outcome.kind, ms: record.ms, ...facts(id, record.outcome) } : { status: 'pending' },
        ];
      }),
    ),
    operations: state.operations,
  };
}

/** What a stage found, in the manifest's own words (see media/manifest.schema.json). */
function facts(stage: StageId, outcome: StageOutcome): object {
  const said =
    outcome.kind === 'skipped'
      ? { why: outcome.why }
      : outcome.kind === 'waiting'
        ? { why: outcome.why, detail: outcome.detail, ...(outcome.until !== undefined && { until: outcome.until }) }
        : outcome.kind === 'failed'
          ? { error: outcome.error }
          : {};
  const { result } = outcome;
  if (stage === 'analyze' && result && 'style' in result)
    return { ...said, ...result, style: STYLE_WORDS[result.style] };
  if (stage !== 'search' || !result || !('verdict' in result)) return { ...said, ...result };
  const { match, ...rest } = result;
  return { ...said, ...rest, ...match };
}

/** `manifest_YYYYMMDD_HHMMSS.json` and `errors_YYYYMMDD_HHMMSS.md`, by the local time at which the run ended. */
export const reportName = (kind: 'manifest' | 'errors', at: Date): string =>
  `${kind}_${stamp(at)}.${kind === 'manifest' ? 'json' : 'md'}`;

/** The second that a report's name tells, milliseconds since 1970; of any other name the beginning of all time. */
export function timeOfReport(name: string): number {
  const parts = /_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)\./.exec(name)?.slice(1).map(Number);
  if (!parts) return 0;
  const [year = 0, month = 1, ...rest] = parts;
  return new Date(year, month - 1, ...(rest as [number, number, number, number])).getTime();
}

/** `YYYYMMDD_HHMMSS`, local time. */
export function stamp(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${day}_${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}
