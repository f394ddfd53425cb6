import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { SETTINGS, type Setting } from '../../../src/core/settings/settingsTable.ts';
import type { ExtensionApi } from '../../../src/extension.ts';
import { repoRoot } from '../paths.ts';
import { until } from '../until.ts';

interface Manifest {
  readonly contributes: {
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly when?: string }[]>>;
    readonly configuration: readonly { readonly properties: Readonly<Record<string, { default: unknown }>> }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly image: string }; readonly description: string }[];
    }[];
  };
}

const settings: readonly (readonly [string, Setting])[] = Object.entries(SETTINGS);

/** A value that the setting takes and that is not its default. */
function another(key: string, setting: Setting): unknown {
  switch (setting.type) {
    case 'boolean':
      return !setting.default;
    case 'number':
      return setting.default === setting.maximum ? setting.minimum : setting.maximum;
    case 'choice':
      return Object.keys(setting.choices).find((choice) => choice !== setting.default);
    case 'string':
      return setting.format === 'address' ? 'https://mirror.example/x' : `\${workspaceFolder}/Other ${key}`;
    case 'list':
      return setting.items ? setting.items.slice(0, 1) : ['one', 'two'];
    case 'rules':
      return [{ category: 'Everything' }];
  }
}

describe('What the extension contributes', () => {
  let api: ExtensionApi;
  let manifest: Manifest;
  before(async () => {
    const extension = vscode.extensions.getExtension<ExtensionApi>('image-inbox.image-inbox');
    assert.ok(extension);
    manifest = extension.packageJSON as Manifest;
    api = await extension.activate();
  });

  it('reads every setting that the Settings editor shows', async () => {
    const shown = manifest.contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
    assert.deepEqual(shown.toSorted(), settings.map(([key]) => `imageInbox.${key}`).toSorted());
    const given = Object.fromEntries(settings.map(([key, setting]) => [key, another(key, setting)]));
    const folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', '.vscode');
    const file = vscode.Uri.file(join(folder, 'settings.json'));
    const before = await vscode.workspace.fs.readFile(file).then(String, () => '{}');
    const prefixed = Object.entries(given).map(([key, value]) => [`imageInbox.${key}`, value]);
    await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify(Object.fromEntries(prefixed))));
    try {
      // one after the other would be seventy changes
      await until('VS Code has taken up the settings', () => {
        assert.deepEqual(api.host.settings(), given);
        return true;
      });
    } finally {
      await vscode.workspace.fs.writeFile(file, Buffer.from(before));
      await until('VS Code has taken them back', () => api.host.settings()['workflow.batchSize'] === 100);
    }
  });

  it('sets every context key that its menus and views go by', () => {
    const inPackage = readFileSync(join(repoRoot, 'package.json'), 'utf8');
    const whens = [...inPackage.matchAll(/"(?:when|enablement)": "([^"]*)"/g)].map(([, when]) => when ?? '');
    const keys = whens.flatMap((when) =>
      [...when.matchAll(/(?<!== '?|config\.)\bimageInbox\.\w+/g)].map(([key]) => key),
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
