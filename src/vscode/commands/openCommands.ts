import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { sidecarOf } from '../../core/model/image.ts';
import { forNotification } from '../plainText.ts';
import type { Command } from './commandContext.ts';
import { calledOn, calledOnOrActive } from './targetPath.ts';

export const showSidecar: Command = async (_context, target) => {
  const image = calledOnOrActive(target);
  if (image === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: open or select an image first.'));
    return;
  }
  const sidecar = sidecarOf(image);
  if (await isThere(sidecar)) {
    await vscode.window.showTextDocument(vscode.Uri.file(sidecar), { preview: true });
  } else {
    const name = forNotification(basename(image));
    void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: {0} has no sidecar yet.', name));
  }
};

export const reviewTags: Command = ({ review }, target) => review.show(calledOn(target));

export const openLastManifest: Command = async ({ host }) => {
  const manifest = await newest(host.folders().sorted, /^manifest_\d{8}_\d{6}\.json$/);
  if (manifest === undefined)
    void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: there is no manifest yet.'));
  else await vscode.window.showTextDocument(vscode.Uri.file(manifest), { preview: false });
};

export const openLastErrorReport: Command = async ({ host }) => {
  const report = await newest(host.folders().sorted, /^errors_\d{8}_\d{6}\.md$/);
  if (report === undefined)
    void vscode.window.showInformationMessage(vscode.l10n.t('Image Inbox: there is no error report.'));
  else await vscode.window.showTextDocument(vscode.Uri.file(report), { preview: false });
};

/** The last of a folder's files of this naming: the names carry the time. */
async function newest(folder: string, name: RegExp): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const last = names
    .filter((n) => name.test(n))
    .sort()
    .at(-1);
  return last === undefined ? undefined : join(folder, last);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
