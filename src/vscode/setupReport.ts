import * as vscode from 'vscode';
import type { CheckResult } from '../core/doctor/doctor.ts';
import { setupMarkdown } from './setupMarkdown.ts';

const SCHEME = 'image-inbox-setup';

/**
 * The last checkup as a read-only Markdown document: an untitled one would ask to be saved. A new checkup changes the document
 * that is open.
 */
export class SetupReport implements vscode.Disposable {
  /** the name of the tab; the ending makes it Markdown */
  readonly uri = vscode.Uri.from({ scheme: SCHEME, path: '/Image Inbox Setup.md' });
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  private text = '';

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: this.changes.event,
      provideTextDocumentContent: () => this.text,
    });
  }

  async show(results: readonly CheckResult[], at: Date): Promise<void> {
    this.text = setupMarkdown(results, at);
    this.changes.fire(this.uri);
    await vscode.workspace.openTextDocument(this.uri);
    await vscode.commands.executeCommand('markdown.showPreview', this.uri);
  }

  dispose(): void {
    this.registration.dispose();
    this.changes.dispose();
  }
}
