import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../core/settings/folders.ts';
import { showSummary } from '../showSummary.ts';
import type { Command, CommandContext } from './commandContext.ts';
import { allCalledOn } from './targetPath.ts';

/** Takes single images through the stages: the row that it was called on, and all that are selected. */
export const processImages: Command = (context, target, selected) =>
  processThese(context, allCalledOn(target, selected), false);

/** The same for images that failed or wait for a service; one that has a sidecar already is taken all the same. */
export const retryImages: Command = (context, target, selected) =>
  processThese(context, allCalledOn(target, selected), true);

async function processThese({ host, runs }: CommandContext, images: readonly string[], again: boolean): Promise<void> {
  const [first] = images;
  if (first === undefined) return;
  const { inbox } = host.folders();
  // of a folder that was processed by itself: a run has one inbox
  const folder = isInside(first, inbox) ? inbox : dirname(first);
  const only = images.filter((path) => isInside(path, folder));
  const report = await runs.start({ command: 'process', inbox: folder, only, ...(again && { reprocess: true }) });
  showSummary(report, runs.missingParts);
}

export const revealImage: Command = async (_context, target) => {
  const [path] = allCalledOn(target, undefined);
  if (path === undefined) return;
  const uri = vscode.Uri.file(path);
  const isOpen = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(isOpen ? 'revealInExplorer' : 'revealFileInOS', uri);
};
