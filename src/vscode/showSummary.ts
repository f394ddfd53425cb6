import * as vscode from 'vscode';
import type { RunReport } from '../core/pipeline/engine.ts';

/** One notification at the end of a run, with what can be done about it. Returns at once. */
export function showSummary(report: RunReport | undefined): void {
  if (!report) {
    void vscode.window.showInformationMessage('Image Inbox: there is nothing to resume.');
    return;
  }
  const { manifest, errorReport, outcome, statistics } = report;
  const actions = new Map<string, () => unknown>();
  if (outcome === 'interrupted') actions.set('Resume', () => vscode.commands.executeCommand('imageInbox.resume'));
  if (errorReport !== undefined) {
    actions.set('Open Report', () => vscode.commands.executeCommand('imageInbox.openLastErrorReport'));
  }
  if (statistics.awaitingReview > 0) {
    actions.set(`Review ${statistics.awaitingReview}`, () => vscode.commands.executeCommand('imageInbox.reviewTags'));
  }
  actions.set('Open Manifest', () => vscode.commands.executeCommand('vscode.open', vscode.Uri.file(manifest)));
  const show = statistics.failed > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  void show(summaryText(report), ...actions.keys()).then((chosen) => {
    if (chosen !== undefined) actions.get(chosen)?.();
  });
}

/** `Image Inbox: 12 of 14 images are processed, 1 waits for review, 1 failed.` Counts only: names could be anything. */
export function summaryText({ outcome, statistics: s }: RunReport): string {
  if (s.total === 0) return 'Image Inbox: there are no images here.';
  const parts = [`${s.processed} of ${s.total} ${s.total === 1 ? 'image is' : 'images are'} processed`];
  if (s.skipped > 0) parts.push(`${s.skipped} skipped`);
  if (s.awaitingReview > 0) parts.push(`${s.awaitingReview} waiting for review`);
  if (s.awaitingQuota > 0) parts.push(`${s.awaitingQuota} waiting for quota`);
  if (s.failed > 0) parts.push(`${s.failed} failed`);
  return `Image Inbox${outcome === 'interrupted' ? ' was stopped' : ''}: ${parts.join(', ')}.`;
}
