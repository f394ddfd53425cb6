import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/extension.ts';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('The extension in VS Code', () => {
  const find = () => {
    const extension = vscode.extensions.getExtension('image-inbox.image-inbox');
    assert.ok(extension, 'VS Code does not know image-inbox.image-inbox');
    return extension;
  };

  it('is found and activates', async () => {
    await find().activate();
    assert.equal(find().isActive, true);
  });

  it('has loaded nothing native, even when its tree is shown', async () => {
    const api = (await find().activate()) as ExtensionApi;
    await api.tree.getChildren();
    await (await api.host.composeForReading()).status();
    const { sharedObjects } = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
    assert.ok(sharedObjects.length > 0);
    assert.deepEqual(
      sharedObjects.filter((path) => /sharp|vips|onnx/.test(path)),
      [],
    );
  });

  it('registers every command that its manifest contributes', async () => {
    const { contributes } = find().packageJSON as Manifest;
    const declared = contributes.commands.map(({ command }) => command);
    assert.notDeepEqual(declared, []);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    );
  });
});
