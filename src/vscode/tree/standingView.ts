import { basename } from 'node:path';
import * as vscode from 'vscode';
import { STAGE_IDS } from '../../core/model/stageId.ts';
import type { ImageStanding } from '../../core/pipeline/status.ts';
import type { SidecarSummary } from '../../core/sidecar/summary.ts';
import { ADVICE } from '../../core/report/advice.ts';
import { forMarkdown, oneLine } from '../plainText.ts';
import { STAGE_NAMES, STATUS_NAMES } from '../stageNames.ts';

/** In a word, for the `when` clauses of menus. */
export type ImageStateWord = 'new' | 'done' | 'running' | 'unfinished' | 'review' | 'quota' | 'failed';

/** How an image's standing looks in the tree. */
export interface StandingView {
  readonly icon: vscode.ThemeIcon;
  readonly description: string;
  readonly state: ImageStateWord;
}

const icon = (id: string, color?: string): vscode.ThemeIcon =>
  new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));

/**
 * @param standing undefined for an image that no run is at
 * @param hasSidecar what is known of such an image
 */
export function standingView(standing: ImageStanding | undefined, hasSidecar: boolean): StandingView {
  const { t } = vscode.l10n;
  if (!standing) {
    return hasSidecar
      ? { icon: icon('check', 'testing.iconPassed'), description: t('has a sidecar'), state: 'done' }
      : { icon: icon('file-media'), description: t('new'), state: 'new' };
  }
  const running = STAGE_IDS.filter((id) => standing.stages[id] === 'running');
  switch (standing.fate) {
    case 'awaiting-review':
      return { icon: icon('eye', 'charts.blue'), description: t('waits for review'), state: 'review' };
    case 'awaiting-quota':
      return { icon: icon('watch', 'charts.yellow'), description: waitText(standing), state: 'quota' };
    case 'failed': {
      const stage = STAGE_NAMES[STAGE_IDS.find((id) => standing.stages[id] === 'failed') ?? 'scan'];
      const description = t({ message: '{0} failed', comment: ['a stage'], args: [stage] });
      return { icon: icon('error', 'testing.iconFailed'), description, state: 'failed' };
    }
    case 'unfinished': {
      if (running.length === 0)
        return { icon: icon('circle-outline'), description: t('unfinished'), state: 'unfinished' };
      const description = running.map((id) => STAGE_NAMES[id]).join(', ');
      return { icon: icon('sync~spin'), description, state: 'running' };
    }
    case 'processed':
      return { icon: icon('check', 'testing.iconPassed'), description: t('processed'), state: 'done' };
    case 'skipped':
      return { icon: icon('check', 'testing.iconPassed'), description: t('skipped'), state: 'done' };
  }
}

function waitText({ until }: ImageStanding): string {
  return until === undefined
    ? vscode.l10n.t('waits for quota')
    : vscode.l10n.t('waits for quota until {0}', new Date(until).toLocaleString());
}

/** Tags that a tooltip has room for. */
const SHOWN_TAGS = 40;

/** What a tooltip tells of an image beside its standing. */
export interface TooltipFacts {
  /** what stands in the image's sidecar; `unreadable` when that can't be read */
  readonly sidecar: SidecarSummary | 'unreadable' | undefined;
  /** absolute path; absent where none can be made */
  readonly thumbnail?: string;
}

/**
 * All that comes from outside is put in as text, and Markdown stays untrusted and without HTML: no name becomes a link, a
 * command or an element.
 */
export function standingTooltip(
  path: string,
  standing: ImageStanding | undefined,
  { sidecar, thumbnail }: TooltipFacts,
): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const text = new vscode.MarkdownString('', true);
  // our own file, named by hexadecimal digits, whose folder `Uri` encodes
  if (thumbnail !== undefined) {
    const address = vscode.Uri.file(thumbnail).toString().replaceAll('(', '%28').replaceAll(')', '%29');
    text.appendMarkdown(`![](${address}|width=240)\n\n`);
  }
  text
    .appendMarkdown('**')
    .appendText(oneLine(basename(path)))
    .appendMarkdown('**\n\n');
  if (standing?.detail !== undefined) {
    // not by appendText, which lets no line break at its spaces
    const whole = standing.reason ? `${standing.detail} ${ADVICE[standing.reason].whatToDo}` : standing.detail;
    text.appendMarkdown(`$(${standing.reason ? 'error' : 'info'}) ${forMarkdown(whole)}\n\n`);
  }
  if (standing?.search !== undefined) {
    text.appendMarkdown(`$(search) ${forMarkdown(standing.search)}\n\n`);
  }
  if (sidecar === 'unreadable') text.appendText(t('Its sidecar can’t be read.')).appendMarkdown('\n\n');
  else if (sidecar) appendSidecar(text, sidecar);
  if (standing) appendStages(text, standing);
  else if (!sidecar) text.appendText(t('No run has seen it yet.'));
  return text;
}

function appendStages(text: vscode.MarkdownString, { stages }: ImageStanding): void {
  text.appendMarkdown('\n');
  for (const id of STAGE_IDS) {
    text.appendMarkdown(`- $(${STAGE_ICONS[stages[id]]}) ${STAGE_NAMES[id]}: ${STATUS_NAMES[stages[id]]}\n`);
  }
}

function appendSidecar(text: vscode.MarkdownString, { tags, rating, source, description }: SidecarSummary): void {
  const lines = [
    tagsText(tags),
    ...(rating ? [vscode.l10n.t('Rating: {0}', rating)] : []),
    ...(source === undefined ? [] : [vscode.l10n.t('Source: {0}', source)]),
    ...(description === undefined ? [] : [description]),
  ];
  for (const line of lines) text.appendMarkdown(`${forMarkdown(line)}\n\n`);
}

function tagsText(tags: readonly string[]): string {
  const { t } = vscode.l10n;
  if (tags.length === 0) return t('No tags');
  const shown = tags.slice(0, SHOWN_TAGS).join(', ');
  const left = tags.length - SHOWN_TAGS;
  return left > 0 ? t('Tags: {0} and {1} more', shown, left) : t('Tags: {0}', shown);
}

const STAGE_ICONS = {
  pending: 'circle-outline',
  running: 'sync~spin',
  waiting: 'watch',
  done: 'check',
  skipped: 'debug-step-over',
  failed: 'error',
} as const satisfies Record<ImageStanding['stages']['scan'], string>;
