import * as vscode from 'vscode';
import { shownNas } from '../../core/sync/shownNas.ts';
import { oneLine } from '../plainText.ts';
import type { NasState } from '../nasState.ts';

/** The NAS, and what came of the last sync to it. A click syncs. */
export class NasNode extends vscode.TreeItem {
  readonly kind = 'nas';

  constructor() {
    super(vscode.l10n.t('NAS'));
    this.id = 'nas';
    this.contextValue = 'nas';
  }

  /** @param nas where the sorted folder is synced to */
  show(nas: string, state: NasState): void {
    const place = shownNas(nas);
    this.description = oneLine(`${stateText(state)} · ${place}`);
    this.iconPath = icon(state);
    this.tooltip = oneLine(state.kind === 'trouble' ? `${place}: ${state.why}` : place);
    this.accessibilityInformation = { label: oneLine(vscode.l10n.t('NAS: {0}', stateText(state))) };
  }
}

function icon({ kind }: NasState): vscode.ThemeIcon {
  if (kind === 'trouble') return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return new vscode.ThemeIcon(kind === 'synced' ? 'vm-active' : 'vm');
}

function stateText(state: NasState): string {
  switch (state.kind) {
    case 'unknown':
      return vscode.l10n.t('not synced in this window yet');
    case 'synced':
      return vscode.l10n.t('synced {0}', new Date(state.at).toLocaleTimeString());
    case 'trouble':
      return vscode.l10n.t('last sync failed');
  }
}
