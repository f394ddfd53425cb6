import * as vscode from 'vscode';
import type { StageStatus } from '../core/model/outcome.ts';
import type { StageId } from '../core/model/stageId.ts';

/** The stages as people read them. In English these are the names that settings and the command line have. */
export const STAGE_NAMES: Readonly<Record<StageId, string>> = {
  scan: vscode.l10n.t('scan'),
  search: vscode.l10n.t('search'),
  review: vscode.l10n.t('review'),
  xmp: vscode.l10n.t('xmp'),
  analyze: vscode.l10n.t('analyze'),
  categorize: vscode.l10n.t('categorize'),
  sync: vscode.l10n.t('sync'),
};

export const STATUS_NAMES: Readonly<Record<StageStatus, string>> = {
  pending: vscode.l10n.t('pending'),
  running: vscode.l10n.t('running'),
  waiting: vscode.l10n.t('waiting'),
  done: vscode.l10n.t('done'),
  skipped: vscode.l10n.t('skipped'),
  failed: vscode.l10n.t('failed'),
};
