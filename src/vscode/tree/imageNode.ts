import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ImageStanding } from '../../core/pipeline/status.ts';
import { oneLine } from '../plainText.ts';
import { standingView } from './standingView.ts';

/** One image in one list of the tree. It stays the same object while it is shown, and looks as it was last told. */
export class ImageNode extends vscode.TreeItem {
  readonly kind = 'image';
  /** absolute */
  readonly path: string;
  private readonly place: 'inbox' | 'sorted';
  /** undefined for an image that no run is at */
  standing: ImageStanding | undefined;

  /** @param place for the `when` clauses of menus: what is sorted is not processed again */
  constructor(path: string, place: 'inbox' | 'sorted') {
    super(oneLine(basename(path)));
    this.path = path;
    this.place = place;
    this.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [vscode.Uri.file(path)] };
  }

  show(standing: ImageStanding | undefined, hasSidecar: boolean): void {
    const view = standingView(standing, hasSidecar);
    this.standing = standing;
    this.iconPath = view.icon;
    this.description = view.description;
    this.contextValue = `image.${view.state}.${this.place}${hasSidecar ? '.sidecar' : ''}`;
    this.accessibilityInformation = { label: `${oneLine(basename(this.path))}, ${view.description}` };
    // made anew when somebody asks for it
    delete this.tooltip;
  }
}
