import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { imageOfSidecar, sidecarOf } from '../../core/model/image.ts';
import type { ImageFate } from '../../core/model/outcome.ts';
import type { RunEvent } from '../../core/pipeline/observer.ts';
import { isInside, type Folders } from '../../core/settings/folders.ts';
import { nasStateAfter, type NasState } from '../nasState.ts';
import type { RunController } from '../runController.ts';
import type { Standings } from '../standings.ts';
import { Throttle } from '../throttle.ts';
import type { VscodeHost } from '../vscodeHost.ts';
import { FolderNode } from './folderNode.ts';
import { ImageFolders, type CountedFolder, type ListedImage } from './imageFolders.ts';
import { ImageNode } from './imageNode.ts';
import { MoreNode } from './moreNode.ts';
import { NasNode } from './nasNode.ts';
import { PartNode, type Part } from './partNode.ts';
import { standingTooltip } from './standingView.ts';

export type TreeNode = PartNode | FolderNode | ImageNode | MoreNode | NasNode;

/** Images that are shown at once in one place. */
const PAGE = 500;
/** Least time between two refreshes, milliseconds. */
const REFRESH_EVERY = 400;

const PARTS: readonly Part[] = ['inbox', 'awaiting-review', 'awaiting-quota', 'failed', 'sorted'];

/**
 * Inbox, what waits, what failed, the categories, and the NAS. Folders are read when their row is opened and then followed by
 * the file watcher and the run's events; nothing is polled. An image whose stage changed has its own row drawn again; a part
 * is asked for its rows again when images came or went in it.
 */
export class InboxTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly host: VscodeHost;
  private readonly runs: RunController;
  private readonly standings: Standings;
  private readonly changes = new vscode.EventEmitter<TreeNode[] | undefined>();
  private readonly subscriptions: vscode.Disposable;
  private readonly watchers: vscode.Disposable[] = [];
  private readonly refreshSoon = new Throttle(REFRESH_EVERY, () => this.refresh());
  private readonly images = new ImageFolders();
  private readonly parts = new Map(PARTS.map((part) => [part, new PartNode(part)]));
  private readonly nas = new NasNode();
  /** the rows of images that are shown, by list */
  private readonly rows = new Map<string, ReadonlyMap<string, ImageNode>>();
  /** how many images of a list are shown, where it is not the first page alone */
  private readonly shown = new Map<string, number>();
  /** since the last refresh: images whose stages changed, and parts in which images came or went */
  private readonly changedImages = new Set<string>();
  private readonly changedParts = new Set<Part>();
  private folders: Folders | undefined;
  private counted: Readonly<Record<'inbox' | 'sorted', readonly CountedFolder[]>> = { inbox: [], sorted: [] };
  private topRows = '';
  private nasState: NasState = { kind: 'unknown' };
  private view: vscode.TreeView<TreeNode> | undefined;
  private isLoaded = false;

  readonly onDidChangeTreeData = this.changes.event;

  constructor(host: VscodeHost, runs: RunController, standings: Standings) {
    this.host = host;
    this.runs = runs;
    this.standings = standings;
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      this.refreshSoon,
      runs.onEvent((event) => this.follow(event)),
      // what a watcher may have missed among thousands of moves
      runs.onDidChange(() => this.rereadFolders()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.reload()),
      vscode.workspace.onDidChangeConfiguration((e) => {
        if (e.affectsConfiguration('imageInbox')) this.reload();
      }),
    );
  }

  /** The view whose badge tells what the rows don't. */
  attach(view: vscode.TreeView<TreeNode>): void {
    this.view = view;
  }

  /** Reads settings and folders anew. */
  reload(): void {
    this.images.clear();
    this.load();
    this.changes.fire(undefined);
  }

  private rereadFolders(): void {
    this.images.clear();
    for (const part of PARTS) this.changedParts.add(part);
    this.refreshSoon.ask();
  }

  /** Where images stand was read anew: the rows are drawn again. */
  standingsChanged(): void {
    for (const list of this.rows.values()) for (const path of list.keys()) this.changedImages.add(path);
    for (const part of PARTS) if (part !== 'inbox' && part !== 'sorted') this.changedParts.add(part);
    this.refreshSoon.ask();
  }

  showMore(list: string): void {
    this.shown.set(list, (this.shown.get(list) ?? PAGE) + PAGE);
    for (const part of PARTS) this.changedParts.add(part);
    this.refreshSoon.now();
  }

  /** What came of a sync that a person asked for. */
  noteSync(state: NasState): void {
    this.nasState = state;
    this.refreshSoon.ask();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node;
  }

  /** The tooltip of an image, made when somebody asks for it: it reads the sidecar, and decodes the picture once. */
  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if (node.kind !== 'image') return item;
    const core = await this.host.composeForReading();
    const [sidecar, thumbnail] = await Promise.all([
      core.sidecar(sidecarOf(node.path)).catch(() => 'unreadable' as const),
      // what can't be decoded has none; why is told where it matters, by the stage that failed
      core.thumbnailOf(node.path).catch(() => undefined),
    ]);
    item.tooltip = standingTooltip(node.path, node.standing, {
      sidecar,
      ...(thumbnail !== undefined && { thumbnail }),
    });
    return item;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.top();
      case 'part':
        return this.childrenOf(node.part);
      case 'folder':
        return this.imagesIn(node.path);
      case 'image':
      case 'more':
      case 'nas':
        return [];
    }
  }

  dispose(): void {
    vscode.Disposable.from(this.subscriptions, ...this.watchers).dispose();
  }

  private follow(event: RunEvent): void {
    this.nasState = nasStateAfter(this.nasState, event, this.host.clock.now());
    switch (event.kind) {
      case 'stage-started':
      case 'stage-put-off':
        this.changedImages.add(event.image.path);
        break;
      case 'stage-ended':
        this.changedImages.add(event.state.image.path);
        break;
      case 'image-settled': {
        this.changedImages.add(event.state.image.path);
        for (const part of PARTS) if (part !== 'inbox' && part !== 'sorted') this.changedParts.add(part);
        // the watcher tells of them too, but later
        for (const { op, from, to } of event.state.operations) {
          if (from !== undefined && op !== 'copy') this.noteFile(from, 'deleted');
          this.noteFile(to, 'created');
        }
        break;
      }
      case 'decision-withdrawn':
        // its files were put back
        this.images.clear();
        for (const part of PARTS) this.changedParts.add(part);
        break;
      case 'decision-stays':
      case 'review-idle':
      case 'run-started':
      case 'image-found':
      case 'scan-ended':
      case 'search-planned':
      case 'warning':
        return;
    }
    this.refreshSoon.ask();
  }

  /** A file or folder of inbox or sorted folder came or went. */
  private noteFile(path: string, how: 'created' | 'deleted'): void {
    this.images.changed(path, how);
    this.changedImages.add(imageOfSidecar(path));
    // one may lie in the other
    this.changedParts.add('inbox').add('sorted');
    this.refreshSoon.ask();
  }

  /** Tells VS Code of what changed since the last time, as little as will do. */
  private async refresh(): Promise<void> {
    const parts = [...this.changedParts];
    const images = new Set(this.changedImages);
    this.changedParts.clear();
    this.changedImages.clear();
    const before = this.topRows;
    await this.count();
    if (this.topRows !== before) {
      this.changes.fire(undefined);
      return;
    }
    const nodes: TreeNode[] = parts.flatMap((part) => this.parts.get(part) ?? []);
    nodes.push(this.nas);
    for (const list of this.rows.values()) {
      for (const path of images) {
        const row = list.get(path);
        if (!row) continue;
        row.show(this.standings.get(path), this.images.hasSidecar(path));
        nodes.push(row);
      }
    }
    this.changes.fire(nodes);
  }

  private async top(): Promise<TreeNode[]> {
    if (!this.isLoaded) this.load();
    await this.count();
    const { folders } = this;
    if (this.topRows === '' || !folders) return [];
    const shown: TreeNode[] = PARTS.flatMap((part) => this.parts.get(part) ?? []).filter(isShown);
    return folders.nas === undefined ? shown : [...shown, this.nas];
  }

  /** Brings the first rows up to date, and what welcome views and the badge go by. */
  private async count(): Promise<void> {
    const { folders } = this;
    if (!folders) {
      this.topRows = '';
      this.tell(this.host.workspace ? 'ready' : 'noFolder');
      return;
    }
    const [inbox, sorted] = await Promise.all([
      this.images.count(folders.inbox, [folders.sorted, folders.working]),
      this.images.count(folders.sorted, [folders.working, folders.inbox]),
    ]);
    this.counted = { inbox: inbox ?? [], sorted: sorted ?? [] };
    const counts: Readonly<Record<Part, number>> = {
      inbox: sum(this.counted.inbox),
      'awaiting-review': this.standings.count('awaiting-review'),
      'awaiting-quota': this.standings.count('awaiting-quota'),
      failed: this.standings.count('failed'),
      sorted: sum(this.counted.sorted),
    };
    for (const [part, node] of this.parts) node.show(counts[part]);
    if (folders.nas !== undefined) this.nas.show(folders.nas, this.nasState);
    const isEmpty = Object.values(counts).every((n) => n === 0) && !this.runs.isRunning;
    const ids = [...this.parts.values()].filter(isShown).map(({ id }) => id);
    this.topRows = isEmpty ? '' : [...ids, folders.nas ?? ''].join();
    this.tell(isEmpty ? (inbox ? 'empty' : 'noInbox') : 'ready', counts['awaiting-review']);
  }

  private async childrenOf(part: Part): Promise<TreeNode[]> {
    switch (part) {
      case 'inbox':
      case 'sorted':
        return this.foldersAndImages(part);
      case 'awaiting-review':
      case 'awaiting-quota':
      case 'failed':
        return this.imagesWith(part);
    }
  }

  private async foldersAndImages(part: 'inbox' | 'sorted'): Promise<TreeNode[]> {
    const below = this.counted[part].filter(({ name }) => name !== '').map((folder) => new FolderNode(folder, part));
    const root = this.folders?.[part];
    return root === undefined ? below : [...below, ...(await this.imagesIn(root))];
  }

  private async imagesIn(folder: string): Promise<TreeNode[]> {
    const { images, total } = await this.images.first(folder, this.shown.get(folder) ?? PAGE);
    return this.page(folder, images, total);
  }

  private imagesWith(fate: ImageFate): TreeNode[] {
    const all = this.standings.withFate(fate);
    const shown = all.slice(0, this.shown.get(fate) ?? PAGE);
    return this.page(
      fate,
      shown.map(({ source }) => ({ path: source, hasSidecar: this.images.hasSidecar(source) })),
      all.length,
    );
  }

  private page(list: string, shown: readonly ListedImage[], total: number): TreeNode[] {
    const before = this.rows.get(list);
    const rows = new Map(shown.map(({ path }) => [path, before?.get(path) ?? new ImageNode(path, this.placeOf(path))]));
    this.rows.set(list, rows);
    for (const { path, hasSidecar } of shown) rows.get(path)?.show(this.standings.get(path), hasSidecar);
    const nodes: TreeNode[] = [...rows.values()];
    if (total > shown.length) nodes.push(new MoreNode(list, total - shown.length));
    return nodes;
  }

  private placeOf(path: string): 'inbox' | 'sorted' {
    return this.folders && isInside(path, this.folders.sorted) ? 'sorted' : 'inbox';
  }

  private load(): void {
    let trouble: string | undefined;
    try {
      this.folders = this.host.workspace && this.host.folders();
    } catch (error) {
      this.folders = undefined;
      trouble = error instanceof Error ? error.message : String(error);
      this.host.log.error(error instanceof Error ? error : trouble);
    }
    // `undefined` takes the line away, which the declared type does not say with exactOptionalPropertyTypes
    if (this.view) (this.view as { message: string | undefined }).message = trouble;
    this.watch();
    this.isLoaded = true;
  }

  private watch(): void {
    vscode.Disposable.from(...this.watchers.splice(0)).dispose();
    if (!this.folders) return;
    for (const folder of new Set([this.folders.inbox, this.folders.sorted])) {
      this.watchers.push(
        ...followed(folder, '**/*', (path, how) => this.noteFile(path, how)),
        // of the folder itself its own watcher may say nothing
        ...followed(dirname(folder), '*', (path, how) => {
          if (path === folder) this.noteFile(path, how);
        }),
      );
    }
  }

  /** What the welcome views, menus and the badge go by. */
  private tell(state: 'noFolder' | 'noInbox' | 'empty' | 'ready', waiting = 0): void {
    if (this.view) {
      const tooltip = vscode.l10n.t('{0} waiting for review', waiting);
      (this.view as { badge: vscode.ViewBadge | undefined }).badge =
        waiting > 0 ? { value: waiting, tooltip } : undefined;
    }
    // not waited for: the window may be busy
    void vscode.commands.executeCommand('setContext', 'imageInbox.state', state);
    void vscode.commands.executeCommand('setContext', 'imageInbox.waiting', waiting);
  }
}

/** What waits or failed is shown when there is some. */
const isShown = ({ part, count }: PartNode): boolean => count > 0 || part === 'inbox' || part === 'sorted';

const sum = (folders: readonly CountedFolder[]): number => folders.reduce((n, { images }) => n + images, 0);

function followed(
  folder: string,
  pattern: string,
  tell: (path: string, how: 'created' | 'deleted') => void,
): vscode.Disposable[] {
  const glob = new vscode.RelativePattern(vscode.Uri.file(folder), pattern);
  const watcher = vscode.workspace.createFileSystemWatcher(glob, false, true, false);
  return [
    watcher,
    watcher.onDidCreate(({ fsPath }) => tell(fsPath, 'created')),
    watcher.onDidDelete(({ fsPath }) => tell(fsPath, 'deleted')),
  ];
}
