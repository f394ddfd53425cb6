import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from './commandLine.ts';

/** a PNG of one red pixel */
const RED_DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

describe('settings on the command line', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create({ samples: false });
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  it('come from .vscode/settings.json, comments and all, and --set goes before them', async () => {
    workspace.set({ 'imageInbox.workflow.batchSize': 7, 'imageInbox.iqdb.minSimilarity': 55, 'editor.fontSize': 3 });
    await workspace.run(['process', '--set', 'iqdb.minSimilarity=66', '--set', 'imageInbox.workflow.transfer=copy']);
    const { configuration } = workspace.manifest() as unknown as { configuration: Record<string, unknown> };
    assert.equal(configuration['workflow.batchSize'], 7);
    assert.equal(configuration['iqdb.minSimilarity'], 66);
    assert.equal(configuration['workflow.transfer'], 'copy');
  });

  it('that are no JSON are refused with the line', async () => {
    writeFileSync(join(workspace.dir, '.vscode/settings.json'), '{\n  "a": 1,\n  "b" 2\n}\n');
    const { code, stderr } = await workspace.run(['process']);
    assert.equal(code, 2);
    assert.match(stderr, /settings\.json is not JSON: .* in line 3/);
  });

  it('that name a tagger which can’t be used are told once, and the run goes on', async () => {
    writeFileSync(join(workspace.inbox, 'red.png'), RED_DOT);
    const { code, stdout, stderr } = await workspace.run(['process', '--offline', '--set', 'analysis.model=no-tagger']);
    assert.equal(code, 0);
    assert.equal(`${stdout}${stderr}`.split("no-tagger can't be opened").length - 1, 1);
    assert.match(workspace.manifest().images[0]?.stages['analyze']?.why ?? '', /no-tagger can't be opened/);
  });

  it('that name a sync program which can’t reach the NAS are in nobody’s way while the stage is switched off', async () => {
    writeFileSync(join(workspace.inbox, 'red.png'), RED_DOT);
    const off = ['--set', 'stages.sync=false', '--set', 'stages.analyze=false'];
    const nas = ['--nas', 'nas:photos', '--set', 'sync.engine=builtin'];
    const { code, stderr } = await workspace.run(['process', '--offline', ...off, ...nas]);
    assert.deepEqual([code, workspace.manifest().statistics['processed']], [0, 1], stderr);
  });

  it('that name a server of models without a model are in nobody’s way while the analysis is switched off', async () => {
    writeFileSync(join(workspace.inbox, 'red.png'), RED_DOT);
    const off = ['--set', 'stages.analyze=false', '--skip', 'sync'];
    const { code, stderr } = await workspace.run(['process', ...off, '--set', 'analysis.server=http://127.0.0.1:1']);
    assert.deepEqual([code, workspace.manifest().statistics['processed']], [0, 1], stderr);
  });

  it('may be none at all: an empty file, and one of comments alone', async () => {
    for (const text of ['', '// none yet\n']) {
      writeFileSync(join(workspace.dir, '.vscode/settings.json'), text);
      const { code, stderr } = await workspace.run(['status']);
      assert.deepEqual([code, stderr], [0, '']);
    }
  });

  it('are not needed: without a settings file all are at their defaults', async () => {
    rmSync(join(workspace.dir, '.vscode'), { recursive: true });
    assert.equal((await workspace.run(['process'])).code, 0);
  });
});
