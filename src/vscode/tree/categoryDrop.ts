import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { sidecarOf } from '../../core/model/image.ts';
import type { Folders } from '../../core/settings/folders.ts';
import { isInside } from '../../core/settings/folders.ts';
import { showError } from '../showError.ts';
import type { SyncedMoves } from '../syncedMoves.ts';
import type { VscodeHost } from '../vscodeHost.ts';
import { FolderNode } from './folderNode.ts';
import { ImageNode } from './imageNode.ts';
import type { TreeNode } from './inboxTree.ts';

const OF_THE_TREE = 'application/vnd.code.tree.imageinbox.tree';

/**
 * Images that are dragged to another category. VS Code moves them, so that the move can be taken back with Undo in the Explorer
 * and is followed like one that was made there: what is learned from it is the MoveFollower's.
 */
export class CategoryDrop implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dragMimeTypes = ['text/uri-list'];
  readonly dropMimeTypes = [OF_THE_TREE];
  private readonly host: VscodeHost;
  private readonly synced: SyncedMoves;

  constructor(host: VscodeHost, synced: SyncedMoves) {
    this.host = host;
    this.synced = synced;
  }

  handleDrag(nodes: readonly TreeNode[], data: vscode.DataTransfer): void {
    const images = nodes.filter((node) => node instanceof ImageNode).map(({ path }) => path);
    data.set(OF_THE_TREE, new vscode.DataTransferItem(images));
    // for editors and the Explorer
    const uris = images.map((path) => vscode.Uri.file(path).toString()).join('\r\n');
    data.set('text/uri-list', new vscode.DataTransferItem(uris));
  }

  async handleDrop(target: TreeNode | undefined, data: vscode.DataTransfer): Promise<void> {
    try {
      const dragged: unknown = data.get(OF_THE_TREE)?.value;
      const folder = target && categoryAt(target, this.host.folders());
      if (!Array.isArray(dragged) || folder === undefined) return;
      await this.move(
        dragged.filter((path) => typeof path === 'string'),
        folder,
      );
    } catch (error) {
      showError(error, this.host.log);
    }
  }

  private async move(images: readonly string[], folder: string): Promise<void> {
    const { t } = vscode.l10n;
    const { sorted } = this.host.folders();
    const ours = images.filter((path) => isInside(path, sorted) && dirname(path) !== folder);
    if (images.some((path) => !isInside(path, sorted))) {
      void vscode.window.showInformationMessage(
        t('Image Inbox: only sorted images can be moved to another category. Process the others first.'),
      );
    }
    if (ours.length === 0 || !(await this.synced.mayMove(ours))) return;
    const edit = new vscode.WorkspaceEdit();
    const taken = new Set<string>();
    for (const path of ours) {
      const free = await freePlace(folder, basename(path), taken);
      edit.renameFile(vscode.Uri.file(path), vscode.Uri.file(free));
      const sidecar = sidecarOf(path);
      if (await isThere(sidecar)) edit.renameFile(vscode.Uri.file(sidecar), vscode.Uri.file(sidecarOf(free)));
    }
    if (await vscode.workspace.applyEdit(edit)) return;
    void vscode.window.showErrorMessage(
      t('Image Inbox: the images could not be moved. They are where they were; the log of VS Code tells why.'),
    );
  }
}

/** The category folder that a row stands for, or lies in. */
function categoryAt(target: TreeNode, { sorted }: Folders): string | undefined {
  const folder =
    target instanceof FolderNode ? target.path : target instanceof ImageNode ? dirname(target.path) : undefined;
  return folder !== undefined && folder !== sorted && isInside(folder, sorted) ? folder : undefined;
}

/** `a.jpg`, or `a (2).jpg` when there is another one, or its sidecar. */
async function freePlace(folder: string, name: string, taken: Set<string>): Promise<string> {
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${stem} (${n})${ending}`);
    if (taken.has(path) || (await isThere(path)) || (await isThere(sidecarOf(path)))) continue;
    taken.add(path);
    return path;
  }
}

const isThere = async (path: string): Promise<boolean> =>
  vscode.workspace.fs.stat(vscode.Uri.file(path)).then(
    () => true,
    () => false,
  );
