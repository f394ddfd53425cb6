import * as vscode from 'vscode';
import type { RunController } from './runController.ts';

/** Keeps the key `running` that menus go by; `state` and `waiting` are the tree's, `lastRun` is the RunWatch's. */
export function keepContextKeys(runs: RunController): vscode.Disposable {
  const tell = (): void => {
    void vscode.commands.executeCommand('setContext', 'imageInbox.running', runs.isRunning);
  };
  tell();
  return runs.onDidChange(tell);
}
