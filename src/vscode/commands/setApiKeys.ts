import * as vscode from 'vscode';
import type { Secrets } from '../../compose.ts';
import type { Command } from './commandContext.ts';

const QUESTIONS: readonly { readonly name: keyof Secrets; readonly title: string; readonly password: boolean }[] = [
  { name: 'saucenaoApiKey', title: 'SauceNAO: API key', password: true },
  { name: 'danbooruLogin', title: 'Danbooru: login name', password: false },
  { name: 'danbooruApiKey', title: 'Danbooru: API key', password: true },
];

/** Asks for one after the other; Escape ends it and keeps what was answered. */
export const setApiKeys: Command = async ({ host }) => {
  for (const [i, { name, title, password }] of QUESTIONS.entries()) {
    const value = await vscode.window.showInputBox({
      title: `${title} (${i + 1} of ${QUESTIONS.length})`,
      prompt: 'Kept in VS Code’s secret storage. Leave it empty for none; what was stored is then removed.',
      value: (await host.secret(name)) ?? '',
      password,
      ignoreFocusOut: true,
    });
    if (value === undefined) return;
    await host.setSecret(name, value.trim());
  }
};
