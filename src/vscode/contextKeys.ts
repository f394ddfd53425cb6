import * as vscode from 'vscode';
import type { RunController } from './runController.ts';
import type { VscodeHost } from './vscodeHost.ts';

/** Keeps the keys that menus and welcome views go by; `state` and `waiting` are the tree's. */
export function keepContextKeys(host: VscodeHost, runs: RunController): vscode.Disposable {
  const set = (key: string, value: boolean): void => {
    void vscode.commands.executeCommand('setContext', `imageInbox.${key}`, value);
  };
  const workspace = (): void => set('hasWorkspace', host.workspace !== undefined);
  const running = (): void => set('running', runs.isRunning);
  workspace();
  running();
  return vscode.Disposable.from(vscode.workspace.onDidChangeWorkspaceFolders(workspace), runs.onDidChange(running));
}
