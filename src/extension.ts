import * as vscode from 'vscode';
import { registerCommands } from './vscode/commands/commandTable.ts';
import { keepContextKeys } from './vscode/contextKeys.ts';
import { LearnedView } from './vscode/learned/learnedView.ts';
import { MoveFollower } from './vscode/moveFollower.ts';
import { ReviewPanels } from './vscode/review/reviewPanels.ts';
import { RunController } from './vscode/runController.ts';
import { NO_ROWS } from './vscode/noRows.ts';
import { RunWatch } from './vscode/runWatch.ts';
import { Standings } from './vscode/standings.ts';
import { CategoryDrop } from './vscode/tree/categoryDrop.ts';
import { InboxTree } from './vscode/tree/inboxTree.ts';
import { SyncedMoves } from './vscode/syncedMoves.ts';
import { VirtualMarkdown } from './vscode/virtualMarkdown.ts';
import { VscodeHost } from './vscode/vscodeHost.ts';

let runs: RunController | undefined;
let review: ReviewPanels | undefined;

/** What tests inside VS Code look at. */
export interface ExtensionApi {
  readonly tree: InboxTree;
  readonly learned: LearnedView;
  readonly host: VscodeHost;
}

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const log = vscode.window.createOutputChannel('Image Inbox', { log: true });
  const host = new VscodeHost(context, log);
  runs = new RunController(host);

  const standings = new Standings();
  const followed = runs.onEvent((event) => standings.on(event));
  const tree = new InboxTree(host, runs, standings);
  const synced = new SyncedMoves(host);
  const view = vscode.window.createTreeView('imageInbox.tree', {
    treeDataProvider: tree,
    dragAndDropController: new CategoryDrop(host, synced),
    canSelectMany: true,
    showCollapseAll: true,
  });
  tree.attach(view);
  const watch = new RunWatch(host, runs, standings, () => tree.standingsChanged());

  // nothing but its welcome view
  const nasSetup = vscode.window.createTreeView('imageInbox.nasSetup', { treeDataProvider: NO_ROWS });

  const panels = new ReviewPanels(host, runs, context.extensionUri);
  review = panels;
  const setup = new VirtualMarkdown('image-inbox-setup', 'Image Inbox Setup');
  const preview = new VirtualMarkdown('image-inbox-preview', 'Image Inbox Preview');
  const learned = new LearnedView(host, runs, () => panels.learned());
  const commands = registerCommands({ host, runs, tree, learned, review, setup, preview });
  const keys = keepContextKeys(runs);
  const moves = new MoveFollower(host, runs, synced, () => {
    learned.refresh();
    panels.learned();
  });
  const relearned = runs.onDidChange(() => learned.refresh());

  context.subscriptions.push(
    log,
    runs,
    followed,
    tree,
    view,
    watch,
    nasSetup,
    learned,
    review,
    setup,
    preview,
    commands,
    keys,
    moves,
    relearned,
  );
  return { tree, learned, host };
}

/** The window closes: the run stops where it is, so that it can be resumed; what was edited in the review is kept. */
export async function deactivate(): Promise<void> {
  await Promise.all([runs?.close(), review?.flush()]);
}
