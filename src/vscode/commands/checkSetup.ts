import * as vscode from 'vscode';
import { tallyOf, tallyText, type CheckResult } from '../../core/doctor/doctor.ts';
import { oneLine } from '../plainText.ts';
import { setupMarkdown } from '../setupMarkdown.ts';
import type { Command } from './commandContext.ts';

/** Looks at everything that can be wrong, and opens what was found. */
export const checkSetup: Command = async ({ host, setup }) => {
  const doctor = await host.doctor();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Image Inbox: checking the setup'),
    cancellable: true,
  };
  const results = await vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    const cancelled = token.onCancellationRequested(() => abort.abort(new Error('cancelled')));
    const done: CheckResult[] = [];
    try {
      for await (const result of doctor.examine(abort.signal)) {
        done.push(result);
        progress.report({ message: result.title });
      }
      return done;
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      throw error;
    } finally {
      cancelled.dispose();
    }
  });
  if (!results) return;
  host.log.info(`Setup checked: ${tallyText(tallyOf(results))}`);
  for (const { status, title, detail } of results.flatMap(({ findings }) => findings)) {
    if (status === 'problem') host.log.error(oneLine(`${title}: ${detail}`));
    if (status === 'warning') host.log.warn(oneLine(`${title}: ${detail}`));
  }
  await setup.show(setupMarkdown(results, new Date(host.clock.now())));
  if (results.some(({ findings }) => findings.some(({ isRepairable }) => isRepairable))) offerRepair();
};

/** Returns at once: nobody has to answer. */
function offerRepair(): void {
  const button = vscode.l10n.t('Repair');
  const text = vscode.l10n.t(
    'Image Inbox: journal or database are damaged. What is damaged is kept when it is repaired.',
  );
  void vscode.window.showWarningMessage(text, button).then((chosen) => {
    if (chosen !== undefined) void vscode.commands.executeCommand('imageInbox.repair');
  });
}
