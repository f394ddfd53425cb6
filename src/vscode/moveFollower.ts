import * as vscode from 'vscode';
import type { UserMove } from '../core/learning/preferences.ts';
import { sidecarOf } from '../core/model/image.ts';
import { LockHeld } from '../core/ports/journalFile.ts';
import { isInside } from '../core/settings/folders.ts';
import type { RunController } from './runController.ts';
import { showError } from './showError.ts';
import type { FileMove, SyncedMoves } from './syncedMoves.ts';
import { Throttle } from './throttle.ts';
import type { VscodeHost } from './vscodeHost.ts';

/** Moves that come within this time are learned from together, milliseconds: each opens the database. */
const TOGETHER = 1500;

/**
 * Follows what the user moves in VS Code: the sidecar goes along with its image, and a move between category folders is
 * learned from. While a run is on it waits for its end. What does not get through is found by its bytes at the next run.
 */
export class MoveFollower implements vscode.Disposable {
  private readonly host: VscodeHost;
  private readonly runs: RunController;
  private readonly subscriptions: vscode.Disposable;
  private readonly learnSoon = new Throttle(TOGETHER, () => void this.learn());
  private readonly synced: SyncedMoves;
  private readonly onLearned: () => void;
  private moves: UserMove[] = [];

  /** @param onLearned called when something was learned */
  constructor(host: VscodeHost, runs: RunController, synced: SyncedMoves, onLearned: () => void) {
    this.host = host;
    this.runs = runs;
    this.synced = synced;
    this.onLearned = onLearned;
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.onWillRenameFiles((event) => event.waitUntil(this.sidecarsOf(event.files))),
      vscode.workspace.onDidRenameFiles(({ files }) => this.note(files)),
      runs.onDidChange(() => this.learnSoon.ask()),
      this.learnSoon,
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** The sidecars that stay behind, as an edit that VS Code makes with the move and takes back with it. */
  private async sidecarsOf(files: readonly FileMove[]): Promise<vscode.WorkspaceEdit> {
    const edit = new vscode.WorkspaceEdit();
    const moved = new Set(files.map(({ oldUri }) => oldUri.fsPath));
    for (const { oldUri, newUri } of this.known(files)) {
      const [from, to] = [sidecarOf(oldUri.fsPath), sidecarOf(newUri.fsPath)];
      if (moved.has(from) || !(await isThere(from)) || (await isThere(to))) continue;
      edit.renameFile(vscode.Uri.file(from), vscode.Uri.file(to));
    }
    return edit;
  }

  private note(files: readonly FileMove[]): void {
    const at = this.host.clock.now();
    for (const { oldUri, newUri } of this.ours(files)) {
      this.moves.push({ from: oldUri.fsPath, to: newUri.fsPath, at, by: 'explorer' });
    }
    if (this.moves.length > 0) this.learnSoon.ask();
    void this.synced.warnOf(this.ours(files)).catch((error: unknown) => showError(error, this.host.log));
  }

  /** Those from the sorted folder or the inbox, wherever they go: a sidecar is never left behind there. */
  private known(files: readonly FileMove[]): readonly FileMove[] {
    if (!this.host.workspace) return [];
    const { sorted, inbox } = this.host.folders();
    return files.filter(({ oldUri }) => isInside(oldUri.fsPath, sorted) || isInside(oldUri.fsPath, inbox));
  }

  /** Those from and to the sorted folder. */
  private ours(files: readonly FileMove[]): readonly FileMove[] {
    if (!this.host.workspace) return [];
    const { sorted } = this.host.folders();
    return files.filter(({ oldUri, newUri }) => isInside(oldUri.fsPath, sorted) && isInside(newUri.fsPath, sorted));
  }

  private async learn(): Promise<void> {
    if (this.moves.length === 0 || this.runs.isRunning) return;
    const moves = this.moves;
    this.moves = [];
    try {
      await this.runs.freeLock();
      const { preferences } = await this.host.composeForReading();
      const { corrections, renames } = await preferences.learnFrom(moves);
      this.host.log.info(`Moved by you: ${corrections.length} corrections, ${renames.length} renamed categories.`);
      this.onLearned();
    } catch (error) {
      if (error instanceof LockHeld)
        this.host.log.info('Another process is at work: the next run learns of the moves.');
      else this.host.log.error(error instanceof Error ? error : String(error));
    }
  }
}

const isThere = async (path: string): Promise<boolean> =>
  vscode.workspace.fs.stat(vscode.Uri.file(path)).then(
    () => true,
    () => false,
  );
