import * as vscode from 'vscode';
import { sidecarOf } from '../../core/model/image.ts';
import type { ImageFate } from '../../core/model/outcome.ts';
import type { Folders } from '../../core/settings/folders.ts';
import type { RunController } from '../runController.ts';
import type { Standings } from '../standings.ts';
import { Throttle } from '../throttle.ts';
import type { VscodeHost } from '../vscodeHost.ts';
import { countImages, listImages, type CountedFolder } from './folderCensus.ts';
import { FolderNode } from './folderNode.ts';
import { ImageNode } from './imageNode.ts';
import { standingTooltip } from './standingView.ts';
import { MoreNode } from './moreNode.ts';
import { PartNode, type Part } from './partNode.ts';

export type TreeNode = PartNode | FolderNode | ImageNode | MoreNode;

/** Images that are shown at once in one place. */
const PAGE = 500;
/** Least time between two refreshes, milliseconds. */
const REFRESH_EVERY = 400;
/** The same for reading the journal, which another process may be writing. */
const RELOAD_EVERY = 3000;

/**
 * Inbox, what waits, what failed, and the categories. Folders are read when their row is opened, and again when the file
 * watcher or the run says that something changed; nothing is polled.
 */
export class InboxTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly host: VscodeHost;
  private readonly runs: RunController;
  private readonly standings: Standings;
  private readonly changes = new vscode.EventEmitter<undefined>();
  private readonly subscriptions: { dispose(): void }[] = [];
  private readonly watchers: vscode.Disposable[] = [];
  private readonly refreshSoon = new Throttle(REFRESH_EVERY, () => this.changes.fire(undefined));
  private readonly reloadSoon = new Throttle(RELOAD_EVERY, () => void this.reload());
  /** how many images of a list are shown, where it is not the first page alone */
  private readonly shown = new Map<string, number>();
  private folders: Folders | undefined;
  private inbox: readonly CountedFolder[] = [];
  private sorted: readonly CountedFolder[] = [];
  private loaded: Promise<void> | undefined;
  private view: vscode.TreeView<TreeNode> | undefined;

  readonly onDidChangeTreeData = this.changes.event;

  constructor(host: VscodeHost, runs: RunController, standings: Standings) {
    this.host = host;
    this.runs = runs;
    this.standings = standings;
    this.subscriptions.push(
      this.changes,
      this.refreshSoon,
      this.reloadSoon,
      runs.onEvent(() => this.refreshSoon.ask()),
      runs.onDidChange(() => {
        if (!runs.isRunning) void this.reload();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.reload()),
      vscode.workspace.onDidChangeConfiguration((e) => {
        if (e.affectsConfiguration('imageInbox')) void this.reload();
      }),
    );
  }

  /** The view whose message and badge tell what the rows don't. */
  attach(view: vscode.TreeView<TreeNode>): void {
    this.view = view;
  }

  /** Reads settings and journal anew. */
  reload(): Promise<void> {
    this.loaded = this.load();
    this.refreshSoon.now();
    return this.loaded;
  }

  showMore(list: string): void {
    this.shown.set(list, (this.shown.get(list) ?? PAGE) + PAGE);
    this.refreshSoon.now();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node;
  }

  /** The tooltip of an image, made when somebody asks for it: it reads the sidecar. */
  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if (node.kind !== 'image') return item;
    const core = await this.host.composeForReading();
    const summary = await core.sidecar(sidecarOf(node.path)).catch(() => 'unreadable' as const);
    item.tooltip = standingTooltip(node.path, node.standing, summary);
    return item;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.parts();
      case 'part':
        return this.childrenOf(node.part);
      case 'folder':
        return this.imagesIn(node.path);
      case 'image':
      case 'more':
        return [];
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, ...this.watchers).dispose();
  }

  private async parts(): Promise<TreeNode[]> {
    await (this.loaded ??= this.load());
    const { folders } = this;
    if (!folders) {
      await this.tell('noFolder');
      return [];
    }
    const [inbox, sorted] = await Promise.all([
      countImages(folders.inbox, [folders.sorted, folders.working]),
      countImages(folders.sorted, [folders.working, folders.inbox]),
    ]);
    this.inbox = inbox ?? [];
    this.sorted = sorted ?? [];
    const counts: Readonly<Record<Part, number>> = {
      inbox: sum(this.inbox),
      'awaiting-review': this.standings.count('awaiting-review'),
      'awaiting-quota': this.standings.count('awaiting-quota'),
      failed: this.standings.count('failed'),
      sorted: sum(this.sorted),
    };
    const all = Object.values(counts).reduce((a, b) => a + b, 0);
    await this.tell(all > 0 || this.runs.isRunning ? 'ready' : inbox ? 'empty' : 'noInbox', counts['awaiting-review']);
    if (all === 0 && !this.runs.isRunning) return [];
    const always: readonly Part[] = ['inbox', 'sorted'];
    return (Object.keys(counts) as Part[])
      .filter((part) => counts[part] > 0 || always.includes(part))
      .map((part) => new PartNode(part, counts[part]));
  }

  private async childrenOf(part: Part): Promise<TreeNode[]> {
    switch (part) {
      case 'inbox':
        return this.foldersAndImages(this.inbox, this.folders?.inbox, part);
      case 'sorted':
        return this.foldersAndImages(this.sorted, this.folders?.sorted, part);
      case 'awaiting-review':
      case 'awaiting-quota':
      case 'failed':
        return this.imagesWith(part);
    }
  }

  private async foldersAndImages(
    counted: readonly CountedFolder[],
    root: string | undefined,
    part: 'inbox' | 'sorted',
  ): Promise<TreeNode[]> {
    const folders = counted.filter(({ name }) => name !== '').map((folder) => new FolderNode(folder, part));
    return root === undefined ? folders : [...folders, ...(await this.imagesIn(root))];
  }

  private async imagesIn(folder: string): Promise<TreeNode[]> {
    const images = await listImages(folder);
    return this.page(folder, images, (image) => {
      return new ImageNode(image.path, this.standings.get(image.path), image.hasSidecar);
    });
  }

  private imagesWith(fate: ImageFate): TreeNode[] {
    return this.page(fate, this.standings.withFate(fate), (image) => new ImageNode(image.source, image, false));
  }

  private page<T>(list: string, all: readonly T[], node: (item: T) => ImageNode): TreeNode[] {
    const end = this.shown.get(list) ?? PAGE;
    const nodes: TreeNode[] = all.slice(0, end).map(node);
    if (all.length > end) nodes.push(new MoreNode(list, all.length - end));
    return nodes;
  }

  private async load(): Promise<void> {
    try {
      this.folders = this.host.workspace && this.host.folders();
      this.watch();
      // our own run's events are ahead of what a reader of its journal sees
      if (!this.folders || this.runs.isRunning) return;
      const status = await (await this.host.composeForReading()).status();
      this.standings.load(status);
      this.say(
        status && status.outcome !== 'completed'
          ? vscode.l10n.t('The last run was interrupted. “Resume” goes on with it.')
          : undefined,
      );
    } catch (error) {
      this.host.log.error(error instanceof Error ? error : String(error));
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  private watch(): void {
    vscode.Disposable.from(...this.watchers.splice(0)).dispose();
    if (!this.folders) return;
    const { inbox, sorted, working } = this.folders;
    for (const [folder, pattern, changed] of [
      [inbox, '**/*', this.refreshSoon],
      [sorted, '**/*', this.refreshSoon],
      // journal and lock of a run in another window or on the command line
      [working, '*', this.reloadSoon],
    ] as const) {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(folder), pattern),
        false,
        folder !== working,
      );
      const ask = (): void => {
        if (folder !== working || !this.runs.isRunning) changed.ask();
      };
      this.watchers.push(watcher, watcher.onDidCreate(ask), watcher.onDidDelete(ask), watcher.onDidChange(ask));
    }
  }

  private say(message: string | undefined): void {
    // `undefined` takes the line away, which the declared type does not say with exactOptionalPropertyTypes
    if (this.view) (this.view as { message: string | undefined }).message = message;
  }

  /** What the welcome views, menus and the badge go by. */
  private async tell(state: 'noFolder' | 'noInbox' | 'empty' | 'ready', waiting = 0): Promise<void> {
    if (this.view) {
      const tooltip = vscode.l10n.t('{0} waiting for review', waiting);
      (this.view as { badge: vscode.ViewBadge | undefined }).badge =
        waiting > 0 ? { value: waiting, tooltip } : undefined;
    }
    await vscode.commands.executeCommand('setContext', 'imageInbox.state', state);
    await vscode.commands.executeCommand('setContext', 'imageInbox.waiting', waiting);
  }
}

const sum = (folders: readonly CountedFolder[]): number => folders.reduce((n, { images }) => n + images, 0);
