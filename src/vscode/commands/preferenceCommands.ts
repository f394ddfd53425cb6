import * as vscode from 'vscode';
import type { Preferences } from '../../core/learning/preferences.ts';
import type { Command, CommandContext } from './commandContext.ts';

async function preferencesOf({ host, runs }: CommandContext): Promise<Preferences> {
  await runs.freeLock();
  return (await host.composeForReading()).preferences;
}

/** What was learned, from which corrections: the view tells. */
export const preferencesShow: Command = async () => {
  await vscode.commands.executeCommand('imageInbox.learned.focus');
};

export const preferencesExport: Command = async (context) => {
  const filters = { JSON: ['json'] };
  const { workspace } = context.host;
  const uri = await vscode.window.showSaveDialog({
    filters,
    title: vscode.l10n.t('Export Preferences'),
    ...(workspace && { defaultUri: vscode.Uri.joinPath(workspace.uri, 'image-inbox-preferences.json') }),
  });
  if (!uri) return;
  const text = await (await preferencesOf(context)).export();
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: the preferences are exported.'));
};

export const preferencesImport: Command = async (context) => {
  const [uri] =
    (await vscode.window.showOpenDialog({ filters: { JSON: ['json'] }, title: vscode.l10n.t('Import Preferences') })) ??
    [];
  if (!uri) return;
  const how = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('Merge'),
        detail: vscode.l10n.t('Of an image that both know, the later correction counts.'),
        how: 'merge' as const,
      },
      {
        label: vscode.l10n.t('Replace'),
        detail: vscode.l10n.t('What was learned here is forgotten first.'),
        how: 'replace' as const,
      },
    ],
    { title: vscode.l10n.t('Import Preferences') },
  );
  if (!how) return;
  const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
  const count = await (await preferencesOf(context)).import(text, how.how);
  context.learned.refresh();
  context.review.learned();
  void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: {0} corrections are imported.', count));
};

export const preferencesReset: Command = async (context) => {
  const preferences = await preferencesOf(context);
  const { corrections } = await preferences.stats(0);
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Forget what was learned?'),
    {
      modal: true,
      detail: vscode.l10n.t('{0} corrections are forgotten. Export them first to be able to come back.', corrections),
    },
    vscode.l10n.t('Forget'),
  );
  if (chosen === undefined) return;
  await preferences.reset();
  context.learned.refresh();
  context.review.learned();
};
