import * as vscode from 'vscode';

export type Part = 'inbox' | 'awaiting-review' | 'awaiting-quota' | 'failed' | 'sorted';

const LOOKS: Readonly<Record<Part, { readonly label: string; readonly icon: string }>> = {
  inbox: { label: vscode.l10n.t('Inbox'), icon: 'inbox' },
  'awaiting-review': { label: vscode.l10n.t('Waiting for Review'), icon: 'eye' },
  'awaiting-quota': { label: vscode.l10n.t('Waiting for Quota'), icon: 'watch' },
  failed: { label: vscode.l10n.t('Failed'), icon: 'error' },
  sorted: { label: vscode.l10n.t('Sorted'), icon: 'library' },
};

/** Images with which a part opens by itself; more of them would push the parts below off the screen. */
const FEW = 20;

/** One of the parts that the tree begins with. It stays the same object while it is shown. */
export class PartNode extends vscode.TreeItem {
  readonly kind = 'part';
  readonly part: Part;
  /** images in it */
  count = 0;

  constructor(part: Part) {
    super(LOOKS[part].label);
    this.part = part;
    this.iconPath = new vscode.ThemeIcon(LOOKS[part].icon);
    this.contextValue = `part.${part}`;
    this.show(0);
  }

  show(count: number): void {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    // the last one has nothing below it
    const opens =
      this.part === 'sorted' || ((this.part === 'inbox' || this.part === 'awaiting-review') && count <= FEW);
    this.count = count;
    this.collapsibleState = count === 0 ? None : opens ? Expanded : Collapsed;
    // VS Code remembers whether a row is open by its id: one that was empty is new when it has got something
    this.id = `part:${this.part}:${count === 0 ? 'empty' : 'filled'}`;
    this.description = String(count);
  }
}
