import * as vscode from 'vscode';
import type { PreferenceStats } from '../../core/learning/preferenceStats.ts';
import type { Preferences } from '../../core/learning/preferences.ts';
import type { RunController } from '../runController.ts';
import { showError } from '../showError.ts';
import type { VscodeHost } from '../vscodeHost.ts';
import { CorrectionNode, evidenceText, LearnedCategoryNode, OlderNode, type LearnedNode } from './learnedNodes.ts';

/** Corrections of a category that are listed, the latest. */
const LISTED = 500;

/**
 * What was learned: the categories, below each the corrections that led there, each of which can be switched off, and how often
 * it was right lately. Read from the database when the view is looked at, and again after what changes it.
 */
export class LearnedView implements vscode.TreeDataProvider<LearnedNode>, vscode.Disposable {
  private readonly host: VscodeHost;
  private readonly runs: RunController;
  private readonly onSwitched: () => void;
  private readonly changes = new vscode.EventEmitter<undefined>();
  private readonly view: vscode.TreeView<LearnedNode>;
  private readonly subscriptions: vscode.Disposable;

  readonly onDidChangeTreeData = this.changes.event;

  /** @param onSwitched called when another part of it is learned from */
  constructor(host: VscodeHost, runs: RunController, onSwitched: () => void) {
    this.host = host;
    this.runs = runs;
    this.onSwitched = onSwitched;
    this.view = vscode.window.createTreeView<LearnedNode>('imageInbox.learned', {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      this.view,
      this.view.onDidChangeCheckboxState(({ items }) => void this.switch(items)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()),
    );
  }

  /** Something was learned or forgotten. */
  refresh(): void {
    this.changes.fire(undefined);
  }

  getTreeItem(node: LearnedNode): vscode.TreeItem {
    return node;
  }

  async getChildren(node?: LearnedNode): Promise<LearnedNode[]> {
    try {
      if (!this.host.workspace) return [];
      const preferences = await this.preferences();
      if (node?.kind === 'category') {
        const { corrections, total } = await preferences.ofCategory(node.category, LISTED);
        const nodes: LearnedNode[] = corrections.map((correction) => new CorrectionNode(correction));
        return total > nodes.length ? [...nodes, new OlderNode(total - nodes.length)] : nodes;
      }
      const stats = await preferences.stats(0);
      this.say(stats);
      return stats.categories.map((category) => new LearnedCategoryNode(category));
    } catch (error) {
      showError(error, this.host.log);
      return [];
    }
  }

  /** The tooltip of a category, made when somebody asks for it. */
  async resolveTreeItem(item: vscode.TreeItem, node: LearnedNode): Promise<vscode.TreeItem> {
    if (node.kind === 'category') {
      item.tooltip = evidenceText(await (await this.preferences()).ofCategory(node.category, 0));
    }
    return item;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private async preferences(): Promise<Preferences> {
    return (await this.host.composeForReading()).preferences;
  }

  /** Takes corrections out of what is learned from, or back in. */
  async switch(items: readonly (readonly [LearnedNode, vscode.TreeItemCheckboxState])[]): Promise<void> {
    const on = new Map(
      items.flatMap(([node, state]) =>
        node.kind === 'correction' ? [[node.image, state === vscode.TreeItemCheckboxState.Checked] as const] : [],
      ),
    );
    try {
      await this.runs.freeLock();
      await (await this.preferences()).switchCorrections(on);
      this.onSwitched();
    } catch (error) {
      showError(error, this.host.log);
    }
    // also where it failed: the boxes show what is so
    this.refresh();
  }

  private say({ corrections, switchedOff, lately }: PreferenceStats): void {
    const { t } = vscode.l10n;
    const parts = [
      corrections === 1 ? t('1 correction of yours') : t('{0} corrections of yours', corrections),
      ...(switchedOff > 0 ? [t('{0} switched off', switchedOff)] : []),
      ...(lately ? [t('{0} of the last {1} images that it sorted were left there', lately.right, lately.placed)] : []),
    ];
    // `undefined` takes the line away, which the declared type does not say with exactOptionalPropertyTypes
    (this.view as { message: string | undefined }).message = corrections === 0 ? undefined : `${parts.join('; ')}.`;
  }
}
