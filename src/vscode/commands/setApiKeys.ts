import * as vscode from 'vscode';
import type { Secrets } from '../../core/settings/secrets.ts';
import type { KeyCheck } from '../../core/ports/keyCheck.ts';
import { forNotification } from '../plainText.ts';
import { showError } from '../showError.ts';
import type { VscodeHost } from '../vscodeHost.ts';
import type { Command } from './commandContext.ts';

interface Question {
  readonly name: keyof Secrets;
  readonly title: string;
  readonly password: boolean;
  /** whose key is complete with this answer */
  readonly completes?: 'saucenao' | 'danbooru' | 'immich';
}

const QUESTIONS: readonly Question[] = [
  { name: 'saucenaoApiKey', title: vscode.l10n.t('SauceNAO: API key'), password: true, completes: 'saucenao' },
  { name: 'danbooruLogin', title: vscode.l10n.t('Danbooru: login name'), password: false },
  { name: 'danbooruApiKey', title: vscode.l10n.t('Danbooru: API key'), password: true, completes: 'danbooru' },
  { name: 'immichApiKey', title: vscode.l10n.t('Immich: API key'), password: true, completes: 'immich' },
];

/**
 * Asks for one after the other; Escape ends it and keeps what was answered. Each service is asked about its key as soon as
 * that is entered, while the next question stands; whatever it says, what was entered stays.
 */
export const setApiKeys: Command = async ({ host }) => {
  const checks: Promise<void>[] = [];
  for (const [i, { name, title, password, completes }] of QUESTIONS.entries()) {
    const value = await vscode.window.showInputBox({
      title: vscode.l10n.t('{0} ({1} of {2})', title, i + 1, QUESTIONS.length),
      prompt: vscode.l10n.t(
        'Kept in VS Code’s secret storage. Leave it empty for none; what was stored is then removed.',
      ),
      value: (await host.secret(name)) ?? '',
      password,
      ignoreFocusOut: true,
    });
    if (value === undefined) break;
    await host.setSecret(name, value.trim());
    if (!completes) continue;
    const check = (await host.keyChecks())[completes];
    checks.push(checkKey(host, check).catch((error: unknown) => showError(error, host.log)));
  }
  await Promise.all(checks);
};

async function checkKey(host: VscodeHost, check: KeyCheck): Promise<void> {
  const options = {
    location: vscode.ProgressLocation.Window,
    title: vscode.l10n.t('Checking the key of {0}', check.service),
  };
  const { kind, detail } = await vscode.window.withProgress(options, () =>
    check.checkKey(new AbortController().signal),
  );
  host.log.info(`Key of ${check.service}: ${kind}`);
  const text = vscode.l10n.t('Image Inbox: {0}', forNotification(detail));
  switch (kind) {
    case 'accepted':
    case 'missing':
      void vscode.window.showInformationMessage(text);
      break;
    case 'unknown':
      void vscode.window.showWarningMessage(vscode.l10n.t('{0} The key is kept, and was not checked.', text));
      break;
    case 'refused':
      void vscode.window
        .showWarningMessage(vscode.l10n.t('{0} It is kept all the same.', text), vscode.l10n.t('Set API Keys'))
        .then((chosen) => {
          if (chosen !== undefined) void vscode.commands.executeCommand('imageInbox.setApiKeys');
        });
      break;
  }
}
