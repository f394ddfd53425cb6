import { basename } from 'node:path';
import * as vscode from 'vscode';
import { STAGE_IDS } from '../../core/model/stageId.ts';
import type { ImageStanding } from '../../core/pipeline/status.ts';
import type { SidecarSummary } from '../../core/sidecar/summary.ts';
import { ADVICE } from '../../core/report/advice.ts';
import { oneLine } from '../plainText.ts';
import { STAGE_NAMES, STATUS_NAMES } from '../stageNames.ts';

/** How an image's standing looks in the tree. */
export interface StandingView {
  readonly icon: vscode.ThemeIcon;
  readonly description: string;
  /** for `when` clauses of menus */
  readonly contextValue: 'image' | 'image.review';
}

const icon = (id: string, color?: string): vscode.ThemeIcon =>
  new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));

/**
 * @param standing undefined for an image that no run is at
 * @param hasSidecar what is known of such an image
 */
export function standingView(standing: ImageStanding | undefined, hasSidecar: boolean): StandingView {
  const contextValue = 'image';
  if (!standing) {
    return hasSidecar
      ? { icon: icon('check', 'testing.iconPassed'), description: vscode.l10n.t('has a sidecar'), contextValue }
      : { icon: icon('file-media'), description: vscode.l10n.t('new'), contextValue };
  }
  const running = STAGE_IDS.filter((id) => standing.stages[id] === 'running');
  switch (standing.fate) {
    case 'awaiting-review':
      return {
        icon: icon('eye', 'charts.blue'),
        description: vscode.l10n.t('waits for review'),
        contextValue: 'image.review',
      };
    case 'awaiting-quota':
      return { icon: icon('watch', 'charts.yellow'), description: waitText(standing), contextValue };
    case 'failed': {
      const stage = STAGE_IDS.find((id) => standing.stages[id] === 'failed') ?? 'scan';
      return {
        icon: icon('error', 'testing.iconFailed'),
        description: vscode.l10n.t({ message: '{0} failed', comment: ['a stage'], args: [STAGE_NAMES[stage]] }),
        contextValue,
      };
    }
    case 'unfinished':
      return running.length > 0
        ? { icon: icon('sync~spin'), description: running.map((id) => STAGE_NAMES[id]).join(', '), contextValue }
        : { icon: icon('circle-outline'), description: vscode.l10n.t('unfinished'), contextValue };
    case 'processed':
    case 'skipped':
      return {
        icon: icon('check', 'testing.iconPassed'),
        description: standing.fate === 'processed' ? vscode.l10n.t('processed') : vscode.l10n.t('skipped'),
        contextValue,
      };
  }
}

function waitText({ until }: ImageStanding): string {
  return until === undefined
    ? vscode.l10n.t('waits for quota')
    : vscode.l10n.t('waits for quota until {0}', new Date(until).toLocaleString());
}

/** Tags that a tooltip has room for. */
const SHOWN_TAGS = 40;

/**
 * All that comes from outside is put in as text, and Markdown stays untrusted: no name becomes a link or a command.
 * @param sidecar what stands in the image's sidecar; `unreadable` when that can't be read
 */
export function standingTooltip(
  path: string,
  standing: ImageStanding | undefined,
  sidecar: SidecarSummary | 'unreadable' | undefined,
): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text
    .appendMarkdown('**')
    .appendText(oneLine(basename(path)))
    .appendMarkdown('**\n\n');
  if (sidecar === 'unreadable') text.appendText(vscode.l10n.t('Its sidecar can’t be read.')).appendMarkdown('\n\n');
  else if (sidecar) appendSidecar(text, sidecar);
  if (!standing) return sidecar ? text : text.appendText(vscode.l10n.t('No run has seen it yet.'));
  for (const id of STAGE_IDS) {
    text.appendMarkdown(
      `- $(${STAGE_ICONS[standing.stages[id]]}) ${STAGE_NAMES[id]}: ${STATUS_NAMES[standing.stages[id]]}\n`,
    );
  }
  text.appendMarkdown('\n');
  if (standing.search !== undefined)
    text.appendText(oneLine(vscode.l10n.t('Search: {0}', standing.search))).appendMarkdown('\n\n');
  if (standing.detail !== undefined) text.appendText(oneLine(standing.detail));
  if (standing.reason) text.appendMarkdown('\n\n').appendText(ADVICE[standing.reason].whatToDo);
  return text;
}

function appendSidecar(text: vscode.MarkdownString, { tags, rating, source, description }: SidecarSummary): void {
  const lines = [
    tagsText(tags),
    ...(rating ? [vscode.l10n.t('Rating: {0}', rating)] : []),
    ...(source === undefined ? [] : [vscode.l10n.t('Source: {0}', source)]),
    ...(description === undefined ? [] : [description]),
  ];
  for (const line of lines) text.appendText(oneLine(line)).appendMarkdown('\n\n');
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
