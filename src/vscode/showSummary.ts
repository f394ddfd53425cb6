import * as vscode from 'vscode';
import type { RunReport } from '../core/pipeline/finishRun.ts';
import type { Statistics } from '../core/report/statistics.ts';
import { forNotification } from './plainText.ts';

/**
 * One notification at the end of a run, with what can be done about it. Returns at once.
 * @param missing parts of the program that did not work, each in a sentence
 */
export function showSummary(report: RunReport | undefined, missing: readonly string[]): void {
  if (!report) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: there is nothing to resume.'));
    return;
  }
  const { errorReport, outcome, statistics } = report;
  const actions = new Map<string, () => unknown>();
  if (outcome === 'interrupted')
    actions.set(vscode.l10n.t('Resume'), () => vscode.commands.executeCommand('imageInbox.resume'));
  // with errors the error report, else the manifest: the one that there is something to see in
  const open = errorReport === undefined ? 'openLastManifest' : 'openLastErrorReport';
  actions.set(vscode.l10n.t('Open Report'), () => vscode.commands.executeCommand(`imageInbox.${open}`));
  if (statistics.awaitingReview > 0) {
    actions.set(vscode.l10n.t('Review {0}', statistics.awaitingReview), () =>
      vscode.commands.executeCommand('imageInbox.reviewTags'),
    );
  }
  if (statistics.processed > 0) {
    actions.set(vscode.l10n.t('Undo'), () => vscode.commands.executeCommand('imageInbox.undoLastRun'));
  }
  if (missing.length > 0) {
    actions.set(vscode.l10n.t('Check Setup'), () => vscode.commands.executeCommand('imageInbox.checkSetup'));
  }
  const text = [summaryText(report), ...missing.map((part) => `${forNotification(part)}.`)].join(' ');
  const show =
    statistics.failed > 0 || missing.length > 0
      ? vscode.window.showWarningMessage
      : vscode.window.showInformationMessage;
  void show(text, ...actions.keys()).then((chosen) => {
    if (chosen !== undefined) actions.get(chosen)?.();
  });
}

function summaryText({ outcome, statistics }: RunReport): string {
  const text = countsText(statistics);
  return outcome === 'interrupted'
    ? vscode.l10n.t('Image Inbox was stopped: {0}.', text)
    : vscode.l10n.t('Image Inbox: {0}.', text);
}

/** `12 of 14 images are processed, 1 waiting for review, 1 failed`. Counts only: names could be anything. */
export function countsText(s: Statistics): string {
  const { t } = vscode.l10n;
  if (s.total === 0) return t('there are no images here');
  const parts = [
    s.total === 1
      ? t('{0} of 1 image is processed', s.processed)
      : t('{0} of {1} images are processed', s.processed, s.total),
  ];
  if (s.skipped > 0) parts.push(t('{0} skipped', s.skipped));
  if (s.awaitingReview > 0) parts.push(t('{0} waiting for review', s.awaitingReview));
  if (s.awaitingQuota > 0) parts.push(t('{0} waiting for quota', s.awaitingQuota));
  if (s.failed > 0) parts.push(t('{0} failed', s.failed));
  return parts.join(t({ message: ', ', comment: ['between the parts of a list'] }));
}
