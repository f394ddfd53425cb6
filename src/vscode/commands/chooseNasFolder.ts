import * as vscode from 'vscode';
import type { Command } from './commandContext.ts';

/** Asks for the folder that is synced to, and sets it for this workspace. Addresses are for the Settings editor. */
export const chooseNasFolder: Command = async ({ host }) => {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
    title: vscode.l10n.t('Choose the folder on the NAS'),
    openLabel: vscode.l10n.t('Sync to This Folder'),
  });
  const folder = chosen?.[0]?.fsPath;
  if (folder === undefined) return;
  await vscode.workspace
    .getConfiguration('imageInbox', host.workspace)
    .update('directories.nas', folder, vscode.ConfigurationTarget.Workspace);
};
