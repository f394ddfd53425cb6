import * as vscode from 'vscode';
import { REVIEW_ACTS } from '../../protocol/reviewActs.ts';
import { showError } from '../showError.ts';
import { checkSetup } from './checkSetup.ts';
import { chooseTaggerModel } from './chooseTaggerModel.ts';
import type { Command, CommandContext } from './commandContext.ts';
import { chooseNasFolder } from './chooseNasFolder.ts';
import { processImages, retryImages, revealImage } from './imageCommands.ts';
import { openLastErrorReport, openLastManifest, reviewTags, showSidecar } from './openCommands.ts';
import { cancel, createInbox, processFolder, processInbox, resume, startFrom } from './runCommands.ts';
import { preferencesExport, preferencesImport, preferencesReset, preferencesShow } from './preferenceCommands.ts';
import { previewCategories } from './previewCategories.ts';
import { repair } from './repair.ts';
import { setApiKeys } from './setApiKeys.ts';
import { syncToNas } from './syncToNas.ts';
import { undoImages, undoLastRun } from './undoCommands.ts';

/** All commands by their id without prefix. Titles, icons and menus are in package.json; `showMore` is the tree's own. */
const COMMANDS: Readonly<Record<string, Command>> = {
  processInbox,
  processFolder,
  // the same under the title that it has in the Explorer's menu, where no category tells whose it is
  processThisFolder: processFolder,
  resume,
  startFrom,
  cancel,
  reviewTags,
  reviewAnother: ({ review }) => review.showAnother(),
  ...Object.fromEntries(
    REVIEW_ACTS.map(({ id }): [string, Command] => [`review.${id}`, ({ review }) => review.act(id)]),
  ),
  syncToNas,
  showSidecar,
  undoLastRun,
  undoImages,
  previewCategories,
  processImages,
  retryImages,
  revealImage,
  chooseNasFolder,
  preferencesShow,
  preferencesExport,
  preferencesImport,
  preferencesReset,
  openLastManifest,
  openLastErrorReport,
  setApiKeys,
  checkSetup,
  repair,
  chooseTaggerModel,
  createInbox,
  refresh: ({ tree }) => tree.reload(),
  showMore: ({ tree }, list) => {
    if (typeof list === 'string') tree.showMore(list);
  },
};

export function registerCommands(context: CommandContext): vscode.Disposable {
  const registered = Object.entries(COMMANDS).map(([id, command]) =>
    vscode.commands.registerCommand(`imageInbox.${id}`, async (...args: unknown[]) => {
      try {
        await command(context, ...args);
      } catch (error) {
        showError(error, context.host.log);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
