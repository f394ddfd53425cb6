import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/extension.ts';
import { repoRoot } from '../paths.ts';
import { until } from '../until.ts';

const samples = join(repoRoot, 'test/samples/inbox');

/** What the view of what was learned shows: `Cats: 1 correction`, and below it `  ☑ a.jpg`. */
type Row = string;

const labelText = ({ label }: vscode.TreeItem): string => (typeof label === 'object' ? label.label : (label ?? ''));

describe('What is moved in VS Code', () => {
  let api: ExtensionApi;
  let workspace: string;
  let inbox: string;
  let sorted: string;
  const images = ['camera/astronaut.jpg', 'camera/IMG_2041.jpg', 'camera/coffee break.jpeg', 'blink.gif'];

  const configure = (key: string, value: unknown) =>
    vscode.workspace.getConfiguration('imageInbox').update(key, value, vscode.ConfigurationTarget.Workspace);
  const at = (...way: readonly string[]): string => join(sorted, ...way);
  const run = () => vscode.commands.executeCommand('imageInbox.processFolder', vscode.Uri.file(inbox));

  /** As the Explorer and the tree do. */
  const move = async (...pairs: readonly (readonly [string, string])[]): Promise<void> => {
    const edit = new vscode.WorkspaceEdit();
    for (const [from, to] of pairs) edit.renameFile(vscode.Uri.file(from), vscode.Uri.file(to));
    assert.equal(await vscode.workspace.applyEdit(edit), true);
  };

  const learned = async (): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    for (const category of await api.learned.getChildren()) {
      rows.push(`${labelText(category)}: ${String(category.description)}`);
      for (const correction of await api.learned.getChildren(category)) {
        const { checkboxState } = correction;
        const state = typeof checkboxState === 'object' ? checkboxState.state : checkboxState;
        rows.push(`  ${state === vscode.TreeItemCheckboxState.Checked ? '☑' : '☐'} ${labelText(correction)}`);
      }
    }
    return rows;
  };
  const learnedIs = (...rows: readonly Row[]) =>
    until(`what was learned is ${rows.join(', ')}`, async () => (await learned()).join('\n') === rows.join('\n')).catch(
      async () => assert.deepEqual(await learned(), rows),
    );
  const together = (place: string): void => {
    for (const path of [place, `${place}.xmp`]) assert.ok(existsSync(path), path);
  };

  before(async () => {
    const extension = vscode.extensions.getExtension<ExtensionApi>('image-inbox.image-inbox');
    assert.ok(extension);
    api = await extension.activate();
    workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    inbox = join(workspace, 'To learn 猫');
    sorted = join(workspace, "Learned 'n sorted");
    mkdirSync(inbox);
    for (const name of images) copyFileSync(join(samples, name), join(inbox, basename(name)));
    await configure('directories.sorted', "${workspaceFolder}/Learned 'n sorted");
    await configure('directories.nas', '${workspaceFolder}/NAS');
    mkdirSync(join(workspace, 'NAS'));
    await configure('stages.search', false);
    await configure('stages.analyze', false);
    await configure('categories', [{ category: 'New/{format}' }]);
    await run();
    for (const name of ['astronaut.jpg', 'IMG_2041.jpg', 'coffee break.jpeg']) together(at('New/jpeg', name));
  });

  after(async () => {
    for (const key of ['directories.sorted', 'directories.nas', 'stages.search', 'stages.analyze', 'categories']) {
      await configure(key, undefined);
    }
    for (const name of [inbox, sorted, join(workspace, 'NAS'), join(workspace, '.image-inbox')]) {
      rmSync(name, { recursive: true, force: true });
    }
  });

  it('alone takes its sidecar along, and is learned from', async () => {
    mkdirSync(at('Space'));
    await move([at('New/jpeg/astronaut.jpg'), at('Space/astronaut.jpg')]);
    together(at('Space/astronaut.jpg'));
    assert.equal(existsSync(at('New/jpeg/astronaut.jpg.xmp')), false);
    await learnedIs('Space: 1 correction', '  ☑ astronaut.jpg');
  });

  it('with its sidecar, and several at once, are learned from once each', async () => {
    const names = ['IMG_2041.jpg', 'coffee break.jpeg'];
    await move(
      ...names.flatMap((name) =>
        [name, `${name}.xmp`].map((file) => [at('New/jpeg', file), at('Space', file)] as const),
      ),
    );
    for (const name of names) together(at('Space', name));
    await learnedIs(
      'Space: 3 corrections',
      ...['  ☑ IMG_2041.jpg', '  ☑ coffee break.jpeg', '  ☑ astronaut.jpg'].sort((a, b) =>
        a.includes('astronaut') ? 1 : b.includes('astronaut') ? -1 : 0,
      ),
    );
  });

  it('out of the sorted folder and back takes its sidecar along, too, and is no correction', async () => {
    const before = await learned();
    const outside = join(workspace, 'astronaut.jpg');
    await move([at('Space/astronaut.jpg'), outside]);
    together(outside);
    await move([outside, at('Space/astronaut.jpg')], [`${outside}.xmp`, at('Space/astronaut.jpg.xmp')]);
    together(at('Space/astronaut.jpg'));
    assert.deepEqual(await learned(), before);
  });

  it('as a whole folder is a new name of the category, and no correction', async () => {
    await move([at('Space'), at('Cosmos')]);
    together(at('Cosmos/astronaut.jpg'));
    await until('the category has its new name', async () => (await learned())[0] === 'Cosmos: 3 corrections');
  });

  it('can be switched off one by one, and on again', async () => {
    const [category] = await api.learned.getChildren();
    assert.ok(category);
    const corrections = await api.learned.getChildren(category);
    const node = corrections.find(({ label }) => label === 'IMG_2041.jpg');
    assert.ok(node);
    await api.learned.switch([[node, vscode.TreeItemCheckboxState.Unchecked]]);
    assert.ok((await learned()).includes('  ☐ IMG_2041.jpg'));
    assert.ok((await learned()).includes('Cosmos: 2 corrections, 1 off'));
    await api.learned.switch([[node, vscode.TreeItemCheckboxState.Checked]]);
    assert.ok((await learned()).includes('  ☑ IMG_2041.jpg'));
    const item = await api.learned.resolveTreeItem(category, category);
    assert.equal(typeof item.tooltip === 'string' && /spe[ak]/.test(item.tooltip), true, 'its tooltip tells why');
  });

  it('while VS Code was not looking is found again by the next run', async () => {
    mkdirSync(at('Blinking'));
    for (const file of ['blink.gif', 'blink.gif.xmp']) renameSync(at('New/gif', file), at('Blinking', file));
    await run();
    await until('it was learned', async () => (await learned()).includes('Blinking: 1 correction'));
  });

  it('is previewed: what the rules would do with the inbox and with what is sorted, in a document', async () => {
    copyFileSync(join(samples, 'camera/rocket at dawn.webp'), join(inbox, 'rocket at dawn.webp'));
    await configure('categories', [{ category: 'Other/{format}' }]);
    await configure('learning.minConfidence', 1);
    const before = readdirSync(workspace, { recursive: true }).sort();
    await vscode.commands.executeCommand('imageInbox.previewCategories', vscode.Uri.file(inbox));
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'image-inbox-preview');
    const text = document?.getText() ?? '';
    assert.match(text, /### Other\/webp \(1\)/);
    assert.match(text, /rocket at dawn\\\.webp/);
    // all were put where they are by hand
    assert.match(text, /4 sorted images: 0 would go elsewhere today/);
    assert.deepEqual(readdirSync(workspace, { recursive: true }).sort(), before);
    await configure('learning.minConfidence', undefined);
    await configure('categories', [{ category: 'New/{format}' }]);
  });

  it('by an undo is no correction', async () => {
    await run();
    const place = at('New/webp/rocket at dawn.webp');
    together(place);
    const before = await learned();
    const { showWarningMessage } = vscode.window;
    Object.assign(vscode.window, { showWarningMessage: () => Promise.resolve('Put Back') });
    try {
      await vscode.commands.executeCommand('imageInbox.undoImages', vscode.Uri.file(place), [vscode.Uri.file(place)]);
    } finally {
      Object.assign(vscode.window, { showWarningMessage });
    }
    assert.ok(existsSync(join(inbox, 'rocket at dawn.webp')));
    assert.equal(existsSync(dirname(place)), false);
    await run();
    assert.deepEqual(await learned(), before);
  });

  it('and is on the NAS is warned of, and can be moved back', async () => {
    assert.ok(existsSync(join(workspace, 'NAS/New/webp/rocket at dawn.webp')));
    const place = at('New/webp/rocket at dawn.webp');
    const said: string[] = [];
    const { showWarningMessage } = vscode.window;
    const answer = (text: string): Promise<string> => {
      said.push(text);
      return Promise.resolve('Move Back');
    };
    Object.assign(vscode.window, { showWarningMessage: answer });
    try {
      await move([place, at('Cosmos/rocket at dawn.webp')]);
      await until('it is back', () => said.length > 0 && existsSync(place) && existsSync(`${place}.xmp`));
    } finally {
      Object.assign(vscode.window, { showWarningMessage });
    }
    assert.match(said.join('\n'), /^Image Inbox: 1 image is on the NAS already\. A photo library/);
    assert.equal(said.length, 1);
  });

  it('of an older run than the last is put back, too, and several at once', async () => {
    const { showWarningMessage } = vscode.window;
    Object.assign(vscode.window, { showWarningMessage: () => Promise.resolve('Put Back') });
    try {
      const place = at('New/webp/rocket at dawn.webp');
      copyFileSync(join(samples, "scans/vampire's supper.tiff"), join(inbox, 'later.tiff'));
      await run();
      await vscode.commands.executeCommand('imageInbox.undoImages', vscode.Uri.file(place), [vscode.Uri.file(place)]);
      assert.ok(existsSync(join(inbox, 'rocket at dawn.webp')));
      together(at('New/tiff/later.tiff'));

      // several that are selected, each by the run that moved it last
      await run();
      const selected = [place, at('New/tiff/later.tiff')].map((path) => vscode.Uri.file(path));
      for (const { fsPath } of selected) together(fsPath);
      await vscode.commands.executeCommand('imageInbox.undoImages', selected[0], selected);
      for (const name of ['rocket at dawn.webp', 'later.tiff']) assert.ok(existsSync(join(inbox, name)), name);
      for (const { fsPath } of selected) assert.ok(!existsSync(fsPath), fsPath);
    } finally {
      Object.assign(vscode.window, { showWarningMessage });
    }
  });
});
