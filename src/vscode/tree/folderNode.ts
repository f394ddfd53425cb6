import * as vscode from 'vscode';
import { oneLine } from '../plainText.ts';
import type { CountedFolder } from './imageFolders.ts';

/** A folder that has images: one of the inbox, or a category of the sorted folder. */
export class FolderNode extends vscode.TreeItem {
  readonly kind = 'folder';
  /** absolute */
  readonly path: string;
  readonly part: 'inbox' | 'sorted';

  constructor({ path, name, images }: CountedFolder, part: 'inbox' | 'sorted') {
    super(oneLine(name), vscode.TreeItemCollapsibleState.Collapsed);
    this.path = path;
    this.part = part;
    this.id = `folder:${path}`;
    this.description = String(images);
    this.iconPath = vscode.ThemeIcon.Folder;
    this.contextValue = `folder.${part}`;
    this.tooltip = oneLine(path);
    // else a screen reader reads the tooltip in place of the label
    this.accessibilityInformation = { label: `${oneLine(name)} ${images}` };
  }
}
