import * as vscode from 'vscode';
import type { DeletionPlan } from '../../core/sync/planDeletion.ts';
import type { SyncEvent, SyncSummary } from '../../core/sync/syncOrder.ts';
import { announcementText, isTrouble } from '../../core/photoServer/announcementText.ts';
import { deletionText, extentOf, progressText, summaryText } from '../../core/sync/syncText.ts';
import type { NasState } from '../nasState.ts';
import { forNotification, oneLine } from '../plainText.ts';
import type { VscodeHost } from '../vscodeHost.ts';
import { withProgress } from '../withProgress.ts';
import type { Command } from './commandContext.ts';

/** Names of the preview that a dialog can hold. */
const SHOWN_NAMES = 25;

/** Brings the whole sorted folder to the NAS; what is to be removed there is shown first. */
export const syncToNas: Command = async ({ host, runs, tree }) => {
  await runs.freeLock();
  const { sync } = await host.compose({ on: () => undefined });
  let troubles = 0;
  const summary = await withProgress(vscode.l10n.t('Image Inbox: syncing to the NAS'), (signal, tell) => {
    const on = (event: SyncEvent): void => {
      if (event.kind === 'progress') tell(progressText(event.progress));
      if (event.kind === 'deletion-refused' || event.kind === 'problem') troubles++;
      logSyncEvent(host, event);
    };
    return sync.run({ dryRun: false, confirm: isWanted, on }, signal);
  });
  if (summary) {
    tree.noteSync(stateAfter(summary, host.clock.now()));
    tellOf(host, summary, troubles);
  } else
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Image Inbox: the sync was stopped. “Sync to NAS” goes on with it.'),
    );
};

function stateAfter({ unreachable }: SyncSummary, at: number): NasState {
  return unreachable === undefined ? { kind: 'synced', at } : { kind: 'trouble', why: unreachable };
}

async function isWanted(plan: DeletionPlan): Promise<boolean> {
  const { places } = plan;
  const names = places.slice(0, SHOWN_NAMES).map(oneLine);
  if (places.length > SHOWN_NAMES) names.push(vscode.l10n.t('and {0} more', places.length - SHOWN_NAMES));
  const message = vscode.l10n.t('Move {0}, to the trash of the NAS?', deletionText(plan));
  const options = { modal: true, detail: names.join('\n') };
  return (await vscode.window.showWarningMessage(message, options, vscode.l10n.t('Move to Trash'))) !== undefined;
}

function logSyncEvent({ log }: VscodeHost, event: SyncEvent): void {
  switch (event.kind) {
    case 'file': {
      const text = oneLine(`sync: ${event.fate} ${event.place}${event.why === undefined ? '' : `: ${event.why}`}`);
      if (event.fate === 'failed') log.error(text);
      else if (event.fate === 'conflict') log.warn(text);
      else if (event.fate !== 'unchanged') log.debug(text);
      break;
    }
    case 'deletion-refused':
      log.warn(oneLine(`sync: nothing was removed from the NAS: ${event.why}`));
      break;
    case 'announced': {
      const text = oneLine(announcementText(event.announcement));
      if (!isTrouble(event.announcement)) log.info(text);
      else {
        log.warn(text);
        void vscode.window.showWarningMessage(vscode.l10n.t('Image Inbox: {0}', forNotification(text)));
      }
      break;
    }
    case 'problem':
      log.warn(oneLine(`sync: ${event.path}: ${event.why}`));
      break;
    case 'planned':
    case 'progress':
    case 'deletion-planned':
      break;
  }
}

function tellOf({ log }: VscodeHost, summary: SyncSummary, troubles: number): void {
  log.info(`Synced: ${summaryText(summary)}`);
  const text = vscode.l10n.t('Image Inbox: {0}.', summaryText(summary));
  if (extentOf(summary, troubles) === 'all') {
    void vscode.window.showInformationMessage(text);
    return;
  }
  const { unreachable } = summary;
  if (unreachable !== undefined) log.error(oneLine(`sync: ${unreachable}`));
  const why =
    unreachable === undefined ? '' : ` ${vscode.l10n.t('The NAS can’t be reached: {0}', forNotification(unreachable))}`;
  void vscode.window.showWarningMessage(text + why, vscode.l10n.t('Show Log')).then((chosen) => {
    if (chosen !== undefined) log.show();
  });
}
