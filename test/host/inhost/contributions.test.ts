import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/extension.ts';
import { repoRoot } from '../paths.ts';

interface Manifest {
  readonly contributes: {
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly when?: string }[]>>;
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly image: string }; readonly description: string }[];
    }[];
  };
}

describe('What the extension contributes', () => {
  let manifest: Manifest;
  before(async () => {
    const extension = vscode.extensions.getExtension<ExtensionApi>('image-inbox.image-inbox');
    assert.ok(extension);
    manifest = extension.packageJSON as Manifest;
    await extension.activate();
  });

  it('sets every context key that its menus and views go by', () => {
    const inPackage = readFileSync(join(repoRoot, 'package.json'), 'utf8');
    const whens = [...inPackage.matchAll(/"(?:when|enablement)": "([^"]*)"/g)].map(([, when]) => when ?? '');
    const keys = whens.flatMap((when) =>
      [...when.matchAll(/(?<!view == |config\.)\bimageInbox\.\w+/g)].map(([key]) => key),
    );
    assert.ok(keys.length > 10);
    const sources = readdirSync(join(repoRoot, 'src/vscode'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(repoRoot, 'src/vscode', file), 'utf8'))
      .join('\n');
    for (const key of new Set(keys))
      assert.match(sources, new RegExp(`'setContext', '${key.replace('.', '\\.')}'`), key);
  });

  it('gives every view its rows or its welcome', async () => {
    for (const { id } of Object.values(manifest.contributes.views).flat()) {
      // a view without a data provider would say so to people
      await vscode.commands.executeCommand(`${id}.focus`);
    }
  });

  it('has the pictures and commands that its walkthrough shows', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const steps = manifest.contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    assert.ok(steps.length >= 4);
    for (const { media, description } of steps) {
      assert.ok(existsSync(join(repoRoot, media.image)), media.image);
      const linked = [...description.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command ?? '');
      assert.ok(linked.length > 0, description);
      for (const command of linked) assert.ok(registered.has(command), command);
    }
  });
});
