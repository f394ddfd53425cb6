import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { STAGE_IDS, type StageId } from '../../core/model/stageId.ts';
import type { RunRequest } from '../../core/pipeline/planRun.ts';
import { showSummary } from '../showSummary.ts';
import { STAGE_NAMES } from '../stageNames.ts';
import type { Command, CommandContext } from './commandContext.ts';
import { calledOn } from './targetPath.ts';

async function runAndTell({ runs }: CommandContext, request: RunRequest): Promise<void> {
  showSummary(await runs.start(request), runs.missingParts);
}

export const processInbox: Command = (context) => runAndTell(context, { command: 'process' });

export const processFolder: Command = async (context, target) => {
  const inbox = calledOn(target) ?? (await askForFolder(context));
  if (inbox !== undefined) await runAndTell(context, { command: 'process', inbox });
};

export const resume: Command = (context) => runAndTell(context, { command: 'resume' });

export const startFrom: Command = async (context) => {
  const from = await askForStage();
  if (from) await runAndTell(context, { command: 'process', from });
};

export const cancel: Command = ({ runs }) => runs.cancel();

export const createInbox: Command = async ({ host, tree }) => {
  const { inbox } = host.folders();
  await mkdir(inbox, { recursive: true });
  tree.reload();
  await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(inbox));
};

async function askForFolder({ host }: CommandContext): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title: vscode.l10n.t('Process Folder'),
    openLabel: vscode.l10n.t('Process'),
    ...(host.workspace && { defaultUri: host.workspace.uri }),
  });
  return chosen?.[0]?.fsPath;
}

const WHAT_A_STAGE_DOES: Readonly<Record<StageId, string>> = {
  scan: vscode.l10n.t('find new images'),
  search: vscode.l10n.t('find the pictures and their tags on the boorus'),
  review: vscode.l10n.t('approve the suggested tags'),
  xmp: vscode.l10n.t('write the sidecars'),
  analyze: vscode.l10n.t('find style and persons with local models'),
  categorize: vscode.l10n.t('choose the category and move or copy the image there'),
  sync: vscode.l10n.t('copy what was sorted to the NAS'),
};

async function askForStage(): Promise<StageId | undefined> {
  const items = STAGE_IDS.map((stage, i) => ({
    label: `${i + 1}. ${STAGE_NAMES[stage]}`,
    detail: WHAT_A_STAGE_DOES[stage],
    stage,
  }));
  const title = vscode.l10n.t('Start From Stage');
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('The stages before it are passed over'),
  });
  return chosen?.stage;
}
