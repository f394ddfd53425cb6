import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../src/extension.ts';
import { REVIEW_ACT_IDS } from '../../../src/protocol/reviewActs.ts';
import { repoRoot } from '../paths.ts';
import { until } from '../until.ts';

const samples = join(repoRoot, 'test/samples/inbox');

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

/** What a person would answer, and what was asked and told. */
interface Dialogs {
  /** by the method of `vscode.window`: each call takes the next answer, and undefined (Escape) when there is none left */
  readonly answers: Record<string, unknown[]>;
  readonly said: string[];
}

describe('Every command', () => {
  let api: ExtensionApi;
  let workspace: string;
  const at = (...way: readonly string[]): string => join(workspace, ...way);
  const uri = (...way: readonly string[]) => vscode.Uri.file(at(...way));
  const configure = (key: string, value: unknown) =>
    vscode.workspace.getConfiguration('imageInbox').update(key, value, vscode.ConfigurationTarget.Workspace);
  const settings = [
    'directories.inbox',
    'directories.sorted',
    'directories.nas',
    'stages.search',
    'stages.sync',
    'analysis.model',
  ];

  const dialogs: Dialogs = { answers: {}, said: [] };
  const asked = ['showQuickPick', 'showInputBox', 'showOpenDialog', 'showSaveDialog'];
  const told = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'];
  const real = Object.fromEntries([...asked, ...told].map((name) => [name, vscode.window[name as 'showQuickPick']]));

  /** Runs the command as a person would, with these answers to what it asks, and returns what it said. */
  const exercised = new Set<string>();
  const run = async (id: string, args: readonly unknown[] = [], answers: Dialogs['answers'] = {}): Promise<string> => {
    exercised.add(`imageInbox.${id}`);
    dialogs.said.length = 0;
    Object.assign(dialogs, { answers });
    await vscode.commands.executeCommand(`imageInbox.${id}`, ...args);
    return dialogs.said.join('\n');
  };
  const says = (text: RegExp) => until(`it says ${text.source}`, () => text.test(dialogs.said.join('\n')));
  const editorShows = (text: RegExp) =>
    until(`an editor shows ${text.source}`, () =>
      vscode.window.visibleTextEditors.some(({ document }) => text.test(document.getText())),
    );
  const put = (name: string, to: string): void => {
    mkdirSync(at('Commands inbox'), { recursive: true });
    copyFileSync(join(samples, name), at('Commands inbox', to));
  };
  const inInbox = (): readonly string[] => readdirSync(at('Commands inbox')).sort();
  const sorted = (): readonly string[] =>
    existsSync(at('Commands sorted'))
      ? readdirSync(at('Commands sorted'), { recursive: true, encoding: 'utf8' }).filter((f) =>
          /\.(jpe?g|webp|png|gif)$/.test(f),
        )
      : [];
  const place = (name: string): string => at('Commands sorted', sorted().find((f) => f.endsWith(name)) ?? 'nowhere');

  before(async () => {
    const extension = vscode.extensions.getExtension<ExtensionApi>('image-inbox.image-inbox');
    assert.ok(extension);
    api = await extension.activate();
    workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    await configure('directories.inbox', '${workspaceFolder}/Commands inbox');
    await configure('directories.sorted', '${workspaceFolder}/Commands sorted');
    await configure('stages.search', false);
    await configure('stages.sync', false);
    for (const name of asked) {
      Object.assign(vscode.window, { [name]: (items: unknown) => answer(name, items) });
    }
    for (const name of told) {
      const tell = (text: string, ...rest: unknown[]): Promise<unknown> => {
        dialogs.said.push(text);
        // only a modal question is waited for
        return (rest[0] as { modal?: boolean } | undefined)?.modal ? answer(name, rest) : new Promise(() => undefined);
      };
      Object.assign(vscode.window, { [name]: tell });
    }
  });

  const answer = async (name: string, items: unknown): Promise<unknown> => {
    const given = dialogs.answers[name]?.shift();
    return typeof given === 'function' ? (given as (items: unknown) => unknown)(await items) : given;
  };

  after(async () => {
    Object.assign(vscode.window, real);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const key of settings) await configure(key, undefined);
    for (const name of [
      'Commands inbox',
      'Commands folder',
      'Commands sorted',
      'Commands NAS',
      'Not a tagger',
      '.image-inbox',
      'learned.json',
    ])
      rmSync(at(name), { recursive: true, force: true });
  });

  it('makes the inbox', async () => {
    await run('createInbox');
    assert.ok(existsSync(at('Commands inbox')));
  });

  it('processes the inbox, and a folder from two menus', async () => {
    put('camera/astronaut.jpg', 'a.jpg');
    await run('processInbox');
    await says(/1 of 1 image is processed/);
    assert.equal(sorted().length, 1);
    put('camera/IMG_2041.jpg', 'b.jpg');
    await run('processFolder', [uri('Commands inbox')]);
    put('camera/coffee break.jpeg', 'c.jpeg');
    await run('processThisFolder', [uri('Commands inbox')]);
    assert.equal(sorted().length, 3);
  });

  it('processes single images, and from a stage on', async () => {
    put('blink.gif', 'd.gif');
    put('camera/rocket at dawn.webp', 'e.webp');
    await run('processImages', [uri('Commands inbox', 'd.gif'), [uri('Commands inbox', 'd.gif')]]);
    assert.deepEqual(inInbox(), ['e.webp']);
    const chooseStage = (items: readonly { stage: string }[]) => items.find(({ stage }) => stage === 'analyze');
    await run('startFrom', [], { showQuickPick: [chooseStage] });
    assert.deepEqual(inInbox(), []);
  });

  it('processes images of the inbox and of another folder that are selected together', async () => {
    put('downloads/linnea_moon_p0.jpg', 'g.jpg');
    mkdirSync(at('Commands folder'));
    copyFileSync(join(samples, 'downloads/mika_rooftop.png'), at('Commands folder', 'h.png'));
    const rows = [uri('Commands folder', 'h.png'), uri('Commands inbox', 'g.jpg')];
    await run('processImages', [rows[0], rows]);
    assert.deepEqual([inInbox(), readdirSync(at('Commands folder'))], [[], []]);
  });

  it('tries again what failed, and has nothing to resume or to cancel', async () => {
    put('downloads/broken download.png', 'f.png');
    await run('processInbox');
    await says(/1 failed/);
    await run('retryImages', [uri('Commands inbox', 'f.png')]);
    await says(/1 failed/);
    assert.deepEqual(inInbox(), ['f.png']);
    await run('resume');
    await says(/there is nothing to resume|1 failed/);
    await run('cancel');
  });

  it('opens manifest, error report and sidecar, and shows the image in the Explorer', async () => {
    await run('openLastManifest');
    await editorShows(/"version": 1/);
    await run('openLastErrorReport');
    await editorShows(/f\.png/);
    await run('showSidecar', [vscode.Uri.file(place('a.jpg'))]);
    await editorShows(/x:xmpmeta/);
    await run('revealImage', [vscode.Uri.file(place('a.jpg'))]);
  });

  it('shows what would go where, looks after the setup, and repairs what needs it', async () => {
    await run('previewCategories');
    assert.ok(vscode.workspace.textDocuments.some(({ uri: { scheme } }) => scheme === 'image-inbox-preview'));
    await run('checkSetup');
    assert.ok(vscode.workspace.textDocuments.some(({ uri: { scheme } }) => scheme === 'image-inbox-setup'));
    await run('refresh');
    assert.match(await run('repair'), /need no repair/);
  });

  it('syncs to the NAS folder that is chosen', async () => {
    mkdirSync(at('Commands NAS'));
    await run('chooseNasFolder', [], { showOpenDialog: [[uri('Commands NAS')]] });
    await until('it is set', () => api.host.folders().nas === at('Commands NAS'));
    await run('syncToNas');
    await says(/\d+ copied/);
    assert.ok(readdirSync(at('Commands NAS'), { recursive: true, encoding: 'utf8' }).some((f) => f.endsWith('a.jpg')));
  });

  it('keeps, gives away, takes and forgets what was learned', async () => {
    await run('preferencesShow');
    await run('preferencesExport', [], { showSaveDialog: [uri('learned.json')] });
    assert.ok(
      Array.isArray((JSON.parse(readFileSync(at('learned.json'), 'utf8')) as { corrections: unknown }).corrections),
    );
    const merge = (items: readonly { how: string }[]) => items.find(({ how }) => how === 'merge');
    await run('preferencesImport', [], { showOpenDialog: [[uri('learned.json')]], showQuickPick: [merge] });
    await says(/0 corrections are imported/);
    assert.match(await run('preferencesReset', [], { showWarningMessage: ['Forget'] }), /Forget what was learned/);
  });

  it('takes keys, and a tagger only when it is one', async () => {
    await run('setApiKeys', [], { showInputBox: [''] });
    mkdirSync(at('Not a tagger'));
    writeFileSync(at('Not a tagger/model.onnx'), 'nothing');
    await run('chooseTaggerModel', [], { showOpenDialog: [[uri('Not a tagger')]] });
    await says(/this tagger can’t be used/);
    assert.equal(api.host.settings()['analysis.model'].includes('Not a tagger'), false);
  });

  it('puts back one image, and the last run', async () => {
    put('camera/rocket at dawn.webp', 'g.webp');
    rmSync(at('Commands inbox/f.png'));
    // the same bytes are sorted already
    writeFileSync(at('Commands inbox/g.webp'), readFileSync(join(samples, '夕焼けの湖 🌄.webp')));
    await run('processInbox');
    const place1 = vscode.Uri.file(place('a.jpg'));
    await run('undoImages', [place1, [place1]], { showWarningMessage: ['Put Back'] });
    assert.ok(inInbox().includes('a.jpg'));
    await run('undoLastRun', [], { showWarningMessage: ['Put Back'] });
    assert.ok(inInbox().includes('g.webp'));
  });

  it('shows the review, and takes its keys', async () => {
    const panels = (): number =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('imageInbox.review'))
        .length;
    await run('reviewTags');
    await until('the panel is there', () => panels() === 1);
    await run('reviewAnother');
    await until('and another', () => panels() === 2);
    // what they do is seen in ui/review.test.ts; here, that they do no harm where nothing waits
    for (const act of REVIEW_ACT_IDS) assert.equal(await run(`review.${act}`), '');
  });

  it('was run here', () => {
    const { contributes } = vscode.extensions.getExtension('image-inbox.image-inbox')?.packageJSON as Manifest;
    const missing = contributes.commands.map(({ command }) => command).filter((command) => !exercised.has(command));
    assert.deepEqual(missing, []);
  });
});
