import type * as vscode from 'vscode';

/** For a view that is a message and a welcome view. */
export const NO_ROWS: vscode.TreeDataProvider<never> = { getChildren: () => [], getTreeItem: (node) => node };
