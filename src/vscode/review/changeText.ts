import * as vscode from 'vscode';
import { oneLine } from '../../protocol/oneLine.ts';
import type { Change } from './history.ts';

/** What the person did, in words: "Approve (12)". */
export function changeText({ what, marks }: Change): string {
  return vscode.l10n.t('{0} ({1})', whatText(what), marks.length);
}

function whatText(what: Change['what']): string {
  switch (what.kind) {
    case 'approved':
      return vscode.l10n.t('Approve');
    case 'rejected':
      return vscode.l10n.t('Reject');
    case 'skipped':
      return vscode.l10n.t('Skip');
    case 'add':
      return vscode.l10n.t('Add {0}', oneLine(what.name));
    case 'remove':
      return vscode.l10n.t('Remove {0}', oneLine(what.name));
    case 'replace':
      return vscode.l10n.t('Replace {0} by {1}', oneLine(what.name), oneLine(what.by));
    case 'category':
      return what.category === ''
        ? vscode.l10n.t('Category as suggested')
        : vscode.l10n.t('Category {0}', oneLine(what.category));
  }
}
