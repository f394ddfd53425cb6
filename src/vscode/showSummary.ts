import * as vscode from 'vscode';
import type { RunReport } from '../core/pipeline/engine.ts';

/** One notification at the end of a run, with what can be done about it. Returns at once. */
export function showSummary(report: RunReport | undefined): void {
  if (!report) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: there is nothing to resume.'));
    return;
  }
  const { manifest, errorReport, outcome, statistics } = report;
  const actions = new Map<string, () => unknown>();
  if (outcome === 'interrupted')
    actions.set(vscode.l10n.t('Resume'), () => vscode.commands.executeCommand('imageInbox.resume'));
  if (errorReport !== undefined) {
    actions.set(vscode.l10n.t('Open Report'), () => vscode.commands.executeCommand('imageInbox.openLastErrorReport'));
  }
  if (statistics.awaitingReview > 0) {
    actions.set(vscode.l10n.t('Review {0}', statistics.awaitingReview), () =>
      vscode.commands.executeCommand('imageInbox.reviewTags'),
    );
  }
  actions.set(vscode.l10n.t('Open Manifest'), () =>
    vscode.commands.executeCommand('vscode.open', vscode.Uri.file(manifest)),
  );
  const show = statistics.failed > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  void show(summaryText(report), ...actions.keys()).then((chosen) => {
    if (chosen !== undefined) actions.get(chosen)?.();
  });
}

/** `Image Inbox: 12 of 14 images are processed, 1 waits for review, 1 failed.` Counts only: names could be anything. */
export function summaryText({ outcome, statistics: s }: RunReport): string {
  const { t } = vscode.l10n;
  if (s.total === 0) return t('Image Inbox: there are no images here.');
  const parts = [
    s.total === 1
      ? t('{0} of 1 image is processed', s.processed)
      : t('{0} of {1} images are processed', s.processed, s.total),
  ];
  if (s.skipped > 0) parts.push(t('{0} skipped', s.skipped));
  if (s.awaitingReview > 0) parts.push(t('{0} waiting for review', s.awaitingReview));
  if (s.awaitingQuota > 0) parts.push(t('{0} waiting for quota', s.awaitingQuota));
  if (s.failed > 0) parts.push(t('{0} failed', s.failed));
  const text = parts.join(t({ message: ', ', comment: ['between the parts of a list'] }));
  return outcome === 'interrupted' ? t('Image Inbox was stopped: {0}.', text) : t('Image Inbox: {0}.', text);
}
