import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/**
 * The panel's page: nothing but our own script and styles, and pictures from the folders that the webview may read. No address
 * on the web: what is sent to the services is the searches, and looking at a match sends nothing.
 * @param bundle the texts of the user's language by the English ones
 */
export function reviewHtml(
  webview: vscode.Webview,
  page: vscode.Uri,
  bundle: Readonly<Record<string, string>>,
): string {
  const nonce = randomBytes(16).toString('base64');
  // another one, since the toolkit reads it from an attribute, which styles could find out
  const styleNonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(page, 'main.js')).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(page, 'main.css')).toString();
  const icons = webview.asWebviewUri(vscode.Uri.joinPath(page, 'codicon.css')).toString();
  const policy = [
    `default-src 'none'`,
    `img-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `style-src ${webview.cspSource} 'nonce-${styleNonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(vscode.env.language)}">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${styleNonce}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Review Tags</title>
    <link rel="stylesheet" href="${icons}" />
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <main id="panel" data-texts="${attribute(JSON.stringify(bundle))}"></main>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}

const attribute = (text: string): string => text.replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
