import * as vscode from 'vscode';
import type { Finding } from '../../core/undo/examine.ts';
import type { RunUndo } from '../../core/undo/runUndo.ts';
import { LEFT_BECAUSE, type UndoReport } from '../../core/undo/undoer.ts';
import type { UndoPlan } from '../../core/undo/planUndo.ts';
import { undoText } from '../../core/undo/undoText.ts';
import { oneLine } from '../plainText.ts';
import { withProgress } from '../withProgress.ts';
import type { Command, CommandContext } from './commandContext.ts';
import { allCalledOn } from './targetPath.ts';

/** Lines of the preview that a dialog can hold. */
const SHOWN_LINES = 25;

/** Shows what the undo of the last run would do, and does it when the person says so. */
export const undoLastRun: Command = (context) => undo(context, undefined);

/** The same for single images: the row that it was called on, and all that are selected. */
export const undoImages: Command = async (context, target, selected) => {
  const paths = allCalledOn(target, selected);
  if (paths.length > 0) await undo(context, paths);
};

async function undo(context: CommandContext, selection: readonly string[] | undefined): Promise<void> {
  await context.runs.freeLock();
  const { undo: runUndo } = await context.host.compose({ on: () => undefined });
  const last = await runUndo.lastManifest();
  if (last === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: there is no run to undo.'));
    return;
  }
  const manifests = selection ? await runUndo.manifestsOf(selection) : [last];
  if (manifests.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Image Inbox: no run has put it there, or its manifest is gone.'),
    );
  }
  for (const [n, manifest] of manifests.entries()) {
    const isLast = n === manifests.length - 1;
    if (!(await undoOne(context, runUndo, await runUndo.plan(manifest, selection), isLast))) return;
  }
}

/**
 * @param isLast nothing comes after it: it is said, too, when there is nothing to put back
 * @returns whether to go on with the run before; false when the person has said no
 */
async function undoOne(context: CommandContext, runUndo: RunUndo, plan: UndoPlan, isLast: boolean): Promise<boolean> {
  const findings = await withProgress(vscode.l10n.t('Image Inbox: looking what can be put back'), (signal, tell) =>
    previewed(runUndo, plan, signal, tell),
  );
  if (!findings) return false;
  if (!isLast && !findings.some(({ finding }) => finding.kind === 'possible')) return true;
  if (!(await isWanted(plan, findings))) return false;
  const report = await withProgress(vscode.l10n.t('Image Inbox: putting back'), (signal, tell) => {
    let done = 0;
    return runUndo.undo(plan, signal, () => tell(vscode.l10n.t('{0} of {1}', ++done, plan.units.length)));
  });
  context.tree.reload();
  if (report) tellOf(context, report);
  else
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Image Inbox: the undo was stopped. “Undo Last Run” goes on with it.'),
    );
  return report !== undefined;
}

async function previewed(
  runUndo: RunUndo,
  plan: UndoPlan,
  signal: AbortSignal,
  tell: (message: string) => void,
): Promise<readonly { source: string; finding: Finding }[]> {
  const findings: { source: string; finding: Finding }[] = [];
  for await (const found of runUndo.preview(plan, signal)) {
    findings.push(found);
    tell(vscode.l10n.t('{0} of {1}', findings.length, plan.units.length));
  }
  return findings;
}

async function isWanted(plan: UndoPlan, findings: readonly { source: string; finding: Finding }[]): Promise<boolean> {
  const lines = undoText(plan, findings).split('\n').map(oneLine);
  const detail = [...lines.slice(0, SHOWN_LINES), ...(lines.length > SHOWN_LINES ? ['…'] : [])].join('\n');
  if (!findings.some(({ finding }) => finding.kind === 'possible')) {
    await vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to put back.'), { modal: true, detail });
    return false;
  }
  const at = new Date(plan.startedAt).toLocaleString();
  const message = vscode.l10n.t('Put back what the run of {0} moved?', at);
  return (
    (await vscode.window.showWarningMessage(message, { modal: true, detail }, vscode.l10n.t('Put Back'))) !== undefined
  );
}

function tellOf({ host }: CommandContext, { images, refused, unfinished }: UndoReport): void {
  let [back, left] = [0, refused.length];
  for (const { source, result } of images) {
    if (result.kind === 'undone' || result.kind === 'as-before') back++;
    else {
      left++;
      const why = result.kind === 'left' ? `${result.path} ${LEFT_BECAUSE[result.reason]}` : result.message;
      host.log.warn(oneLine(`Not put back: ${source}: ${why}`));
    }
  }
  for (const why of unfinished) host.log.warn(oneLine(`An undo that was cut off could not be finished: ${why}`));
  for (const { source, why } of refused) host.log.warn(oneLine(`Not put back: ${source}: ${why}`));
  const { t } = vscode.l10n;
  const text = back === 1 ? t('1 image is as before the run') : t('{0} images are as before the run', back);
  if (left === 0) {
    void vscode.window.showInformationMessage(t('Image Inbox: {0}.', text));
    return;
  }
  void vscode.window
    .showWarningMessage(t('Image Inbox: {0}, {1} left alone.', text, left), t('Show Log'))
    .then((chosen) => {
      if (chosen !== undefined) host.log.show();
    });
}
