import * as vscode from 'vscode';
import type { Preferences } from '../../core/learning/preferences.ts';
import type { PreferenceStats } from '../../core/learning/preferenceStats.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import { oneLine } from '../plainText.ts';
import type { Command, CommandContext } from './commandContext.ts';

/** Corrections that are listed, the latest. */
const LISTED = 500;

interface CorrectionItem extends vscode.QuickPickItem {
  readonly image: ContentHash;
}

const preferencesOf = async ({ host }: CommandContext): Promise<Preferences> =>
  (await host.composeForReading()).preferences;

/** What was learned, from which corrections; one that is unchecked is kept, but not learned from. */
export const preferencesShow: Command = async (context) => {
  const preferences = await preferencesOf(context);
  const stats = await preferences.stats(LISTED);
  if (stats.corrections === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Image Inbox: nothing was learned yet. Move a sorted image to another category folder, and it begins.',
      ),
    );
    return;
  }
  const items = stats.latest.map(({ image, at, name, from, to, off }): CorrectionItem => ({
    image,
    label: oneLine(name),
    description: oneLine(`${from ?? vscode.l10n.t('no category')} → ${to}`),
    detail: new Date(at).toLocaleString(),
    picked: off === undefined,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    matchOnDescription: true,
    title: summaryText(stats),
    placeHolder: vscode.l10n.t('Unchecked corrections are kept, but not learned from'),
  });
  if (!chosen) return;
  const on = new Set(chosen.map(({ image }) => image));
  const changed = stats.latest.filter(({ image, off }) => on.has(image) !== (off === undefined));
  if (changed.length === 0) return;
  await preferences.switchCorrections(new Map(changed.map(({ image }) => [image, on.has(image)])));
};

/** `31 corrections: 14 to Anime/Characters, 9 to Cats, …; 19 of the last 20 it sorted were left` */
function summaryText({ corrections, categories, lately }: PreferenceStats): string {
  const { t } = vscode.l10n;
  const most = categories.slice(0, 3).map(({ category, corrections: n }) => t('{0} to {1}', n, category));
  const listed = `${most.join(', ')}${categories.length > 3 ? ', …' : ''}`;
  return oneLine(
    lately
      ? t(
          '{0} corrections: {1}; {2} of the last {3} it sorted were left there',
          corrections,
          listed,
          lately.right,
          lately.placed,
        )
      : t('{0} corrections: {1}', corrections, listed),
  );
}

export const preferencesExport: Command = async (context) => {
  const filters = { JSON: ['json'] };
  const { workspace } = context.host;
  const uri = await vscode.window.showSaveDialog({
    filters,
    title: vscode.l10n.t('Export Preferences'),
    ...(workspace && { defaultUri: vscode.Uri.joinPath(workspace.uri, 'image-inbox-preferences.json') }),
  });
  if (!uri) return;
  const text = await (await preferencesOf(context)).export();
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: the preferences are exported.'));
};

export const preferencesImport: Command = async (context) => {
  const [uri] =
    (await vscode.window.showOpenDialog({ filters: { JSON: ['json'] }, title: vscode.l10n.t('Import Preferences') })) ??
    [];
  if (!uri) return;
  const how = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('Merge'),
        detail: vscode.l10n.t('Of an image that both know, the later correction counts.'),
        how: 'merge' as const,
      },
      {
        label: vscode.l10n.t('Replace'),
        detail: vscode.l10n.t('What was learned here is forgotten first.'),
        how: 'replace' as const,
      },
    ],
    { title: vscode.l10n.t('Import Preferences') },
  );
  if (!how) return;
  const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
  const count = await (await preferencesOf(context)).import(text, how.how);
  void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: {0} corrections are imported.', count));
};

export const preferencesReset: Command = async (context) => {
  const preferences = await preferencesOf(context);
  const { corrections } = await preferences.stats(0);
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Forget what was learned?'),
    {
      modal: true,
      detail: vscode.l10n.t('{0} corrections are forgotten. Export them first to be able to come back.', corrections),
    },
    vscode.l10n.t('Forget'),
  );
  if (chosen !== undefined) await preferences.reset();
};
