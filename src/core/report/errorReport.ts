import type { FailureReason } from '../model/failure.ts';
import type { ImageState } from '../model/imageState.ts';
import type { ImageFate } from '../model/outcome.ts';
import { STAGE_IDS, type StageId } from '../model/stageId.ts';
import { ADVICE } from './advice.ts';
import { searchedText } from '../search/searchPlan.ts';
import type { Statistics } from './statistics.ts';

interface Failed {
  readonly path: string;
  readonly stage: StageId;
  readonly message: string;
}

/**
 * The readable report of what failed, grouped by cause, each with what to do; undefined when nothing failed.
 * Names and messages are put into code spans, where Markdown in them means nothing.
 */
export function errorReport(
  unfinished: Iterable<{ readonly state: ImageState; readonly fate: ImageFate }>,
  endedAt: string,
  { search, awaitingQuota }: Pick<Statistics, 'search' | 'awaitingQuota'>,
): string | undefined {
  const groups = new Map<FailureReason, Failed[]>();
  let images = 0;
  for (const { state, fate } of unfinished) {
    if (fate !== 'failed') continue;
    images++;
    for (const stage of STAGE_IDS) {
      const outcome = state.stages[stage]?.outcome;
      if (outcome?.kind !== 'failed') continue;
      const group = groups.get(outcome.error.reason) ?? [];
      group.push({ path: state.image.path, stage, message: outcome.error.message });
      groups.set(outcome.error.reason, group);
    }
  }
  if (groups.size === 0) return undefined;
  const lines = [
    '# Image Inbox: what failed',
    '',
    `${endedAt}: ${images} ${images === 1 ? 'entry' : 'entries'} failed. Nothing was changed about them.`,
    '',
    `Search of all images: ${searchedText(search, awaitingQuota, Date.parse(endedAt))}.`,
  ];
  for (const [reason, failed] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
    const { cause, whatToDo } = ADVICE[reason];
    lines.push('', `## ${cause} (${failed.length})`, '', `What to do: ${whatToDo}`, '');
    for (const { path, stage, message } of failed) lines.push(`- ${code(path)} (stage ${stage}): ${code(message)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A code span that holds any text: its fence is longer than any run of backticks inside; control characters become visible. */
export function code(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what is made visible
  const visible = text.replace(/[\u0000-\u001f\u007f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  const longest = Math.max(0, ...[...visible.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = visible.startsWith('`') || visible.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${visible}${pad}${fence}`;
}
