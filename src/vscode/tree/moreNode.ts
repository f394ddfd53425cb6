import * as vscode from 'vscode';

/** Stands for the images behind those that are shown. A click shows the next ones. */
export class MoreNode extends vscode.TreeItem {
  readonly kind = 'more';

  /** @param list names what is cut off: a folder's path or a part of the tree */
  constructor(list: string, left: number) {
    super(vscode.l10n.t('Show more ({0} left)', left));
    this.iconPath = new vscode.ThemeIcon('ellipsis');
    this.command = { command: 'imageInbox.showMore', title: vscode.l10n.t('Show More'), arguments: [list] };
  }
}
