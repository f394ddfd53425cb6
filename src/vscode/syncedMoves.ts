import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { VscodeHost } from './vscodeHost.ts';
import { isSidecar } from '../core/model/image.ts';

/** In the global state: the person knows, and wants to hear it no more. */
const KNOWN = 'imageInbox.knowsOfMovedSynced';

export interface FileMove {
  readonly oldUri: vscode.Uri;
  readonly newUri: vscode.Uri;
}

/**
 * Warns of moving what is on the NAS: a photo library there takes a moved file for a new one. Nothing changes there before the
 * next sync, so that a move that could not be asked about can be taken back.
 */
export class SyncedMoves {
  private readonly host: VscodeHost;
  /** asked about, and so not warned of when they have been moved; absolute paths before the move */
  private readonly asked = new Set<string>();

  constructor(host: VscodeHost) {
    this.host = host;
  }

  /** Asks, when some of them are on the NAS. @param paths absolute, of sorted images or folders. @returns whether to move them */
  async mayMove(paths: readonly string[]): Promise<boolean> {
    const { t } = vscode.l10n;
    const count = await this.countSynced(paths);
    if (count > 0) {
      const [move, forGood] = [t('Move'), t('Move, and Don’t Ask Again')];
      const options = { modal: true, detail: library() };
      const chosen = await vscode.window.showWarningMessage(onNas(count), options, move, forGood);
      if (chosen === undefined) return false;
      if (chosen === forGood) await this.host.memory.update(KNOWN, true);
    }
    for (const path of paths) this.asked.add(path);
    return true;
  }

  /** Warns of what was moved without being asked about, and moves it back when the person says so. */
  async warnOf(moves: readonly FileMove[]): Promise<void> {
    const { t } = vscode.l10n;
    const unasked = moves.filter(({ oldUri }) => !this.asked.delete(oldUri.fsPath));
    const count = await this.countSynced(unasked.map(({ oldUri }) => oldUri.fsPath));
    if (count === 0) return;
    const [back, forGood] = [t('Move Back'), t('Don’t Warn Again')];
    const text = t('Image Inbox: {0} {1}', onNas(count), library());
    const chosen = await vscode.window.showWarningMessage(text, back, forGood);
    if (chosen === forGood) await this.host.memory.update(KNOWN, true);
    if (chosen !== back) return;
    const edit = new vscode.WorkspaceEdit();
    for (const { oldUri, newUri } of unasked) {
      this.asked.add(newUri.fsPath);
      edit.renameFile(newUri, oldUri);
    }
    await vscode.workspace.applyEdit(edit);
  }

  private async countSynced(paths: readonly string[]): Promise<number> {
    if (paths.length === 0 || this.host.memory.get(KNOWN) === true) return 0;
    const moved = new Set(paths);
    const synced = await (await this.host.composeForReading()).synced();
    let count = 0;
    for (const file of synced) if (!isSidecar(file) && isAmong(file, moved)) count++;
    return count;
  }
}

/** The file itself, or a folder that it is in. */
function isAmong(file: string, paths: ReadonlySet<string>): boolean {
  for (let path = file; ; path = dirname(path)) {
    if (paths.has(path)) return true;
    if (path === dirname(path)) return false;
  }
}

function onNas(count: number): string {
  const { t } = vscode.l10n;
  return count === 1 ? t('1 image is on the NAS already.') : t('{0} images are on the NAS already.', count);
}

const library = (): string =>
  vscode.l10n.t(
    'A photo library that has them (Immich) takes moved files for new ones, and their places in its albums are lost.',
  );
