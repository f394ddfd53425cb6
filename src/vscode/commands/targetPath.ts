import * as vscode from 'vscode';
import { FolderNode } from '../tree/folderNode.ts';
import { ImageNode } from '../tree/imageNode.ts';

/** Absolute path of what a command was called on: a row of the Explorer or of our tree. */
export function calledOn(target: unknown): string | undefined {
  if (target instanceof vscode.Uri) return target.fsPath;
  if (target instanceof ImageNode || target instanceof FolderNode) return target.path;
  return undefined;
}

/** The paths of the row that a command was called on, and of all that are selected with it. */
export function allCalledOn(target: unknown, selected: unknown): readonly string[] {
  const rows = Array.isArray(selected) && selected.length > 0 ? (selected as unknown[]) : [target];
  return rows.flatMap((row) => calledOn(row) ?? []);
}

/** The same, or the file in the active tab when the command comes from the palette. Images have no text editor. */
export function calledOnOrActive(target: unknown): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const active =
    input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri.fsPath : undefined;
  return calledOn(target) ?? active;
}
