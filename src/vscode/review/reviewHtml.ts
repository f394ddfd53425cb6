import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The panel's page: nothing but our own script and styles, and pictures from the folders that the webview may read. */
export function reviewHtml(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'main.js')).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'main.css')).toString();
  const policy = [
    `default-src 'none'`,
    `img-src ${webview.cspSource}`,
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Review Tags</title>
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <main id="panel"></main>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}
