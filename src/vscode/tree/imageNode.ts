import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ImageStanding } from '../../core/pipeline/status.ts';
import { oneLine } from '../plainText.ts';
import { standingView } from './standingView.ts';

/** One image. A click opens it. */
export class ImageNode extends vscode.TreeItem {
  readonly kind = 'image';
  readonly path: string;
  readonly standing: ImageStanding | undefined;

  /** @param standing undefined for an image that no run is at */
  constructor(path: string, standing: ImageStanding | undefined, hasSidecar: boolean) {
    super(oneLine(basename(path)));
    const view = standingView(standing, hasSidecar);
    this.path = path;
    this.standing = standing;
    this.iconPath = view.icon;
    this.description = view.description;
    this.contextValue = view.contextValue;
    this.accessibilityInformation = { label: `${oneLine(basename(path))}, ${view.description}` };
    this.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [vscode.Uri.file(path)] };
  }
}
