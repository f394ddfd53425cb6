import * as vscode from 'vscode';
import { forMarkdown, oneLine } from '../plainText.ts';
import type { Command } from './commandContext.ts';

/** Puts a damaged journal or database right, and shows what was done. */
export const repair: Command = async ({ host, runs, setup, tree }) => {
  await runs.freeLock();
  const repairer = await host.repairer();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Image Inbox: repairing journal and database'),
    cancellable: true,
  };
  const repairs = await vscode.window.withProgress(options, async (_, token) => {
    const abort = new AbortController();
    const cancelled = token.onCancellationRequested(() => abort.abort(new Error('cancelled')));
    try {
      return await repairer.repair(abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      throw error;
    } finally {
      cancelled.dispose();
    }
  });
  if (!repairs) return;
  if (repairs.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: journal and database need no repair.'));
    return;
  }
  for (const { text, details } of repairs) for (const line of [text, ...details]) host.log.info(oneLine(line));
  const lines = repairs.flatMap(({ text, details, kept }) => [
    '',
    forMarkdown(text),
    '',
    ...details.map((detail) => `- ${forMarkdown(detail)}`),
    ...(kept === undefined ? [] : ['', vscode.l10n.t('Kept: {0}', forMarkdown(kept))]),
  ]);
  await setup.show([`# ${vscode.l10n.t('Image Inbox: Repair')}`, ...lines, ''].join('\n'));
  tree.reload();
};
