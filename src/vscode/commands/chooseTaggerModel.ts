import * as vscode from 'vscode';
import type { TaggerFindings } from '../../core/ports/imageAnalyzer.ts';
import { forNotification } from '../plainText.ts';
import type { Command } from './commandContext.ts';

/** Asks for a tagger's folder, tries it on a picture, says what it found, and sets it. */
export const chooseTaggerModel: Command = async ({ host }) => {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
    title: vscode.l10n.t('Choose the folder of a tagger: model.onnx and selected_tags.csv'),
    openLabel: vscode.l10n.t('Use This Tagger'),
  });
  const folder = chosen?.[0]?.fsPath;
  if (folder === undefined) return;
  const { taggers } = await host.composeForReading();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Image Inbox: trying the tagger'),
    cancellable: true,
  };
  const findings = await vscode.window.withProgress(options, async (_, token) => {
    const abort = new AbortController();
    const cancelled = token.onCancellationRequested(() => abort.abort(new Error('cancelled')));
    try {
      return await taggers.inspect(folder, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      throw error;
    } finally {
      cancelled.dispose();
    }
  });
  if (!findings) return;
  if (findings.kind === 'broken') {
    void vscode.window.showErrorMessage(
      forNotification(vscode.l10n.t('Image Inbox: this tagger can’t be used. {0}', findings.why)),
    );
    return;
  }
  await vscode.workspace
    .getConfiguration('imageInbox', host.workspace)
    .update('analysis.model', folder, vscode.ConfigurationTarget.Workspace);
  void vscode.window.showInformationMessage(forNotification(vscode.l10n.t('Image Inbox: {0}', findingsText(findings))));
};

/** `wd-vit uses 448 x 448 pixels and knows 8,106 general and 2,751 character tags, and ratings. A picture took 310 ms.` */
export function findingsText({
  name,
  size,
  tags,
  givesRatings,
  ms,
}: Extract<TaggerFindings, { kind: 'works' }>): string {
  const known = Object.entries(tags)
    .filter(([, n]) => n > 0)
    .map(([category, n]) => `${n.toLocaleString('en')} ${category}`);
  const { t } = vscode.l10n;
  const tagsKnown = known.join(t({ message: ' and ', comment: ['between two numbers of tags'] }));
  return givesRatings
    ? t(
        '{0} uses {1} x {1} pixels and knows {2} tags, and ratings. A picture took {3} ms.',
        name,
        size,
        tagsKnown,
        Math.round(ms),
      )
    : t('{0} uses {1} x {1} pixels and knows {2} tags. A picture took {3} ms.', name, size, tagsKnown, Math.round(ms));
}
