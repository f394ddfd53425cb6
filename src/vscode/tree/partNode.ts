import * as vscode from 'vscode';

export type Part = 'inbox' | 'awaiting-review' | 'awaiting-quota' | 'failed' | 'sorted';

const LOOKS: Readonly<Record<Part, { readonly label: string; readonly icon: string }>> = {
  inbox: { label: vscode.l10n.t('Inbox'), icon: 'inbox' },
  'awaiting-review': { label: vscode.l10n.t('Waiting for Review'), icon: 'eye' },
  'awaiting-quota': { label: vscode.l10n.t('Waiting for Quota'), icon: 'watch' },
  failed: { label: vscode.l10n.t('Failed'), icon: 'error' },
  sorted: { label: vscode.l10n.t('Sorted'), icon: 'library' },
};

/** One of the parts that the tree begins with. */
export class PartNode extends vscode.TreeItem {
  readonly kind = 'part';
  readonly part: Part;

  constructor(part: Part, count: number) {
    const { label, icon } = LOOKS[part];
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    super(label, count === 0 ? None : part === 'failed' || part === 'awaiting-quota' ? Collapsed : Expanded);
    this.part = part;
    // VS Code remembers whether a row is open by its id: one that was empty is new when it has got something
    this.id = `part:${part}:${count === 0 ? 'empty' : 'filled'}`;
    this.description = String(count);
    this.iconPath = new vscode.ThemeIcon(icon);
    this.contextValue = `part.${part}`;
  }
}
