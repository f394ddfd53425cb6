import * as vscode from 'vscode';

/**
 * A read-only Markdown document that is no file: an untitled one would ask to be saved. What is shown next changes the document
 * that is open.
 */
export class VirtualMarkdown implements vscode.Disposable {
  readonly uri: vscode.Uri;
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  private text = '';

  /** @param title the name of the tab */
  constructor(scheme: string, title: string) {
    // the ending makes it Markdown
    this.uri = vscode.Uri.from({ scheme, path: `/${title}.md` });
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: this.changes.event,
      provideTextDocumentContent: () => this.text,
    });
  }

  async show(text: string): Promise<void> {
    this.text = text;
    this.changes.fire(this.uri);
    await vscode.workspace.openTextDocument(this.uri);
    await vscode.commands.executeCommand('markdown.showPreview', this.uri);
  }

  dispose(): void {
    this.registration.dispose();
    this.changes.dispose();
  }
}
