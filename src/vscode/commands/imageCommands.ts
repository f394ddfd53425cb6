import * as vscode from 'vscode';
import { byInbox } from '../../core/pipeline/byInbox.ts';
import { showSummary } from '../showSummary.ts';
import type { Command, CommandContext } from './commandContext.ts';
import { allCalledOn } from './targetPath.ts';

/** Takes single images through the stages: the row that it was called on, and all that are selected, a run for each inbox. */
export const processImages: Command = (context, target, selected) =>
  processThese(context, allCalledOn(target, selected), false);

/** The same for images that failed or wait for a service; one that has a sidecar already is taken all the same. */
export const retryImages: Command = (context, target, selected) =>
  processThese(context, allCalledOn(target, selected), true);

async function processThese({ host, runs }: CommandContext, images: readonly string[], again: boolean): Promise<void> {
  const { inbox } = host.folders();
  for (const [folder, only] of byInbox(images, inbox)) {
    const report = await runs.start({ command: 'process', inbox: folder, only, ...(again && { reprocess: true }) });
    showSummary(report, runs.missingParts);
    // a person who stops one wants no other to begin
    if (report?.outcome !== 'completed') return;
  }
}

export const revealImage: Command = async (_context, target) => {
  const [path] = allCalledOn(target, undefined);
  if (path === undefined) return;
  const uri = vscode.Uri.file(path);
  const isOpen = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(isOpen ? 'revealInExplorer' : 'revealFileInOS', uri);
};
