import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/extension.ts';
import { repoRoot } from '../paths.ts';
import { until } from '../until.ts';

const samples = join(repoRoot, 'test/samples/inbox');

const labelText = (label: string | vscode.TreeItemLabel | undefined): string =>
  typeof label === 'object' ? label.label : (label ?? '');

describe('A run in VS Code', () => {
  let api: ExtensionApi;
  let workspace: string;
  let folder: string;

  const configure = (key: string, value: unknown) =>
    vscode.workspace.getConfiguration('imageInbox').update(key, value, vscode.ConfigurationTarget.Workspace);

  before(async () => {
    const extension = vscode.extensions.getExtension<ExtensionApi>('image-inbox.image-inbox');
    assert.ok(extension);
    api = await extension.activate();
    workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    folder = join(workspace, "New 'pictures' 夏 🌄");
    mkdirSync(folder);
    for (const name of ['camera/astronaut.jpg', '夕焼けの湖 🌄.webp', 'downloads/broken download.png']) {
      copyFileSync(join(samples, name), join(folder, basename(name)));
    }
    await configure('stages.search', false);
    await configure('directories.sorted', '${workspaceFolder}/Tidy ✓');
  });

  after(async () => {
    await configure('stages.search', undefined);
    await configure('directories.sorted', undefined);
    for (const name of [folder, join(workspace, 'Tidy ✓'), join(workspace, '.image-inbox')]) {
      rmSync(name, { recursive: true, force: true });
    }
  });

  /** Labels and descriptions of the rows below a row of this label, or of the first rows. */
  const rows = async (...way: readonly string[]): Promise<readonly string[]> => {
    let nodes = await api.tree.getChildren();
    for (const label of way) {
      const node = nodes.find((n) => n.label === label);
      assert.ok(node, `no row ${label}`);
      nodes = await api.tree.getChildren(node);
    }
    return nodes.map(({ label, description }) => `${labelText(label)}: ${String(description)}`);
  };

  it('takes a folder through the stages, to the folder that the settings name', async () => {
    await vscode.commands.executeCommand('imageInbox.processFolder', vscode.Uri.file(folder));
    const sorted = readdirSync(join(workspace, 'Tidy ✓'), { recursive: true, encoding: 'utf8' }).map((f) =>
      basename(f),
    );
    for (const name of ['astronaut.jpg', '夕焼けの湖 🌄.webp']) {
      assert.ok(sorted.includes(name), name);
      assert.ok(sorted.includes(`${name}.xmp`), `${name}.xmp`);
      assert.equal(existsSync(join(folder, name)), false);
    }
    const manifest = sorted.find((name) => name.startsWith('manifest_'));
    assert.ok(manifest);
    const { statistics, images } = JSON.parse(readFileSync(join(workspace, 'Tidy ✓', manifest), 'utf8')) as {
      readonly statistics: Readonly<Record<string, number>>;
      readonly images: readonly { readonly stages: Readonly<Record<string, { readonly status: string }>> }[];
    };
    assert.deepEqual([statistics['total'], statistics['processed'], statistics['failed']], [3, 2, 1]);
    for (const { stages } of images) assert.notEqual(stages['search']?.status, 'done');
  });

  it('leaves a tree with the categories and what failed, with cause and advice', async () => {
    const parts = await until('the tree has read what the run left', async () => {
      const found = await rows();
      return found.includes('Sorted: 2') && found.includes('Failed: 1') ? found : undefined;
    });
    assert.deepEqual(parts, ['Inbox: 0', 'Failed: 1', 'Sorted: 2']);
    const categories = await rows('Sorted');
    assert.ok(categories.length > 0);
    for (const row of categories) assert.match(row, /^[A-Z]\w+(\/\w+)*: \d$/);
    assert.deepEqual(await rows('Failed'), ['broken download.png: analyze failed']);
  });

  it('leaves an inbox closed that would push the rows below it off the screen', async () => {
    const inbox = join(workspace, 'Inbox');
    const openness = async (): Promise<vscode.TreeItemCollapsibleState | undefined> =>
      (await api.tree.getChildren()).find(({ label }) => label === 'Inbox')?.collapsibleState;
    mkdirSync(inbox);
    const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    for (const [images, expected] of [
      [3, Expanded],
      [40, Collapsed],
    ] as const) {
      for (let n = 0; n < images; n++) writeFileSync(join(inbox, `${n}.jpg`), '');
      await vscode.commands.executeCommand('imageInbox.refresh');
      await until('the tree has counted', async () => (await rows()).includes(`Inbox: ${images}`));
      assert.equal(await openness(), expected);
    }
    rmSync(inbox, { recursive: true });
    await vscode.commands.executeCommand('imageInbox.refresh');
  });

  it('opens the manifest that it wrote', async () => {
    await vscode.commands.executeCommand('imageInbox.openLastManifest');
    const { fileName } = vscode.window.activeTextEditor?.document ?? {};
    assert.match(fileName ?? 'nothing is open', /manifest_\d{8}_\d{6}\.json$/);
  });

  it('opens the error report that names the broken image', async () => {
    await vscode.commands.executeCommand('imageInbox.openLastErrorReport');
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /broken download\.png/);
  });

  it('opens the sidecar of an image', async () => {
    const [category] = await api.tree.getChildren((await api.tree.getChildren()).find((n) => n.label === 'Sorted'));
    assert.ok(category);
    const [image] = await api.tree.getChildren(category);
    await vscode.commands.executeCommand('imageInbox.showSidecar', image);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /x:xmpmeta/);
  });
});
