import * as vscode from 'vscode';
import { LockHeld } from '../core/ports/journalFile.ts';
import { SettingsError } from '../core/settings/resolveSettings.ts';
import { forNotification, oneLine } from './plainText.ts';
import { RunIsOn } from './runController.ts';
import { NotTrusted, NoWorkspace } from './vscodeHost.ts';

/** Tells what went wrong, with a button for what a person does next. Returns at once: nobody has to answer. */
export function showError(error: unknown, log: vscode.LogOutputChannel): void {
  const message = error instanceof Error ? error.message : String(error);
  const isExpected = error instanceof NoWorkspace || error instanceof NotTrusted || error instanceof RunIsOn;
  if (isExpected || error instanceof LockHeld) log.warn(oneLine(message));
  else log.error(error instanceof Error ? error : message);
  const { button, act } = nextStep(error, log);
  const show = isExpected ? 'showWarningMessage' : 'showErrorMessage';
  void vscode.window[show](`Image Inbox: ${forNotification(message)}`, button).then((chosen) => {
    if (chosen !== undefined) act();
  });
}

function nextStep(error: unknown, log: vscode.LogOutputChannel): { button: string; act: () => void } {
  const run =
    (command: string, ...args: unknown[]) =>
    (): void => {
      void vscode.commands.executeCommand(command, ...args);
    };
  if (error instanceof NoWorkspace) return { button: vscode.l10n.t('Open Folder'), act: run('vscode.openFolder') };
  if (error instanceof NotTrusted)
    return { button: vscode.l10n.t('Manage Workspace Trust'), act: run('workbench.trust.manage') };
  if (error instanceof SettingsError) {
    return { button: vscode.l10n.t('Open Settings'), act: run('workbench.action.openSettings', 'imageInbox.') };
  }
  if (error instanceof RunIsOn) return { button: vscode.l10n.t('Show'), act: run('imageInbox.tree.focus') };
  return { button: vscode.l10n.t('Show Log'), act: () => log.show() };
}
