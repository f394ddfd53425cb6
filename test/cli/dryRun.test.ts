import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesBelow, Workspace } from './commandLine.ts';
import { jsonEvents, type JsonEvent } from './jsonEvents.ts';

/** Every file of the workspace with its bytes and its time. */
const everything = (workspace: Workspace): Readonly<Record<string, string>> =>
  Object.fromEntries(
    filesBelow(workspace.dir).map((file) => {
      const path = join(workspace.dir, file);
      return [file, `${statSync(path).mtimeMs} ${readFileSync(path, 'base64')}`];
    }),
  );

interface Event extends JsonEvent {
  readonly event: string;
  readonly status?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly category?: string;
  readonly open?: readonly string[];
  readonly why?: string;
  readonly synced?: boolean;
  readonly statistics?: Readonly<Record<string, unknown>>;
  readonly search?: { readonly toSearch?: number };
  readonly exitCode?: number;
}

const eventsOf = (stdout: string): readonly Event[] => jsonEvents('dryRun', stdout);

/** Nothing that takes time. */
const QUICK = { 'imageInbox.stages.search': false, 'imageInbox.stages.analyze': false };

describe('image-inbox process --dry-run', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create();
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  it('tells of a new inbox what would be searched and where each image would go, and touches nothing', async () => {
    const before = everything(workspace);
    const { code, stdout, stderr } = await workspace.run(['process', '--dry-run']);
    assert.deepEqual(everything(workspace), before);
    const { danbooru, saucenao, iqdb, yandere, konachan, safebooru } = workspace.services;
    for (const { requests } of [danbooru, saucenao, iqdb, yandere, konachan, safebooru]) assert.deepEqual(requests, []);
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^Photos\/People: \d+\n {2}.*astronaut\.jpg \(.+; not searched yet\)/m);
    assert.match(stdout, /^failed: 1\n {2}.*broken download\.png: /m);
    assert.match(stdout, /^skipped: 1\n {2}.*: duplicate: the same bytes as /m);
    assert.match(stdout, /^Search: \d+ images: .*\d+ need a search/m);
    assert.match(stdout, /Nothing was written, moved or sent\.\n$/);
  });

  it('says what the run then does, where that is known: parked images, a duplicate, a name that is taken', async () => {
    const quick = ['--set', 'search.providers=["danbooru-md5"]', '--skip', 'analyze,sync'];
    await workspace.run(['process', ...quick]);
    const { destination } = workspace.manifest().images.find((image) => image.destination?.endsWith('.jpg')) ?? {};
    assert.ok(destination !== undefined);
    // its bytes again, and other bytes of its name
    copyFileSync(destination, join(workspace.inbox, 'again.jpg'));
    mkdirSync(join(workspace.inbox, 'more'));
    const bytes = readFileSync(destination);
    writeFileSync(join(workspace.inbox, 'more', basename(destination)), Buffer.concat([bytes, Buffer.from('x')]));

    const before = everything(workspace);
    const dry = await workspace.run(['process', '--dry-run', '--json', ...quick]);
    assert.deepEqual(everything(workspace), before);
    const events = eventsOf(dry.stdout);
    const going = events.filter(({ status }) => status === 'goes');
    const waiting = going.filter(({ open }) => open?.includes('review'));
    assert.ok(waiting.length >= 3, dry.stdout);
    assert.match(events.find(({ source }) => source?.endsWith('again.jpg'))?.why ?? '', /^duplicate/);
    const renamed = going.find(({ source }) => source?.includes('/more/'));
    assert.match(renamed?.destination ?? '', / \(2\)\.jpg$/);

    await workspace.run(['process', '--approve', 'all', ...quick]);
    const went = new Map(workspace.manifest().images.map(({ source, destination: to }) => [source, to]));
    for (const { source, destination: to, open } of going) {
      if (!open?.includes('search')) assert.equal(went.get(source ?? ''), to);
    }
  });

  it('tells which sorted images would go elsewhere by other rules, but for what a person has put where it is', async () => {
    workspace.set({ 'imageInbox.directories.nas': '${workspaceFolder}/NAS', ...QUICK });
    await workspace.run(['process']);
    const [kept, ...others] = workspace.manifest().images.filter((image) => image.destination?.endsWith('.jpg'));
    assert.ok(kept?.destination !== undefined && others.length > 0);
    const mine = join(workspace.sorted, 'Mine');
    mkdirSync(mine);
    for (const file of [kept.destination, `${kept.destination}.xmp`]) renameSync(file, join(mine, basename(file)));

    const rules = '[{"category":"Pictures/{format}","when":{"format":["jpeg"]}}]';
    const before = everything(workspace);
    const dry = await workspace.run(['process', '--dry-run', '--json', '--set', `categories=${rules}`]);
    assert.deepEqual(everything(workspace), before);
    const elsewhere = eventsOf(dry.stdout).filter(({ status }) => status === 'elsewhere');
    const byPath = new Map(elsewhere.map((event) => [event.source, event]));
    for (const { destination = '' } of others) {
      assert.deepEqual([byPath.get(destination)?.category, byPath.get(destination)?.synced], ['Pictures/jpeg', true]);
    }
    assert.ok(!byPath.has(join(mine, basename(kept.destination))), 'put there by hand');

    const text = await workspace.run(['process', '--dry-run', '--set', `categories=${rules}`]);
    assert.match(text.stdout, /-> Pictures\/jpeg \(/);
    assert.match(text.stdout, /\d+ of those are on the NAS\. A photo library that has them \(Immich\)/);
    const same = await workspace.run(['process', '--dry-run']);
    assert.match(same.stdout, /sorted images: 0 would go elsewhere today/);
  });

  it('leaves a broken database, and a duplicate that is to be removed, where they are', async () => {
    workspace.set(QUICK);
    await workspace.run(['process', '--copy']);
    writeFileSync(join(workspace.dir, '.image-inbox/image-inbox.db'), 'no database');
    const before = everything(workspace);
    await workspace.run(['process', '--dry-run', '--set', 'workflow.duplicates=trash', '--reprocess']);
    assert.deepEqual(everything(workspace), before);
    assert.deepEqual(
      readdirSync(join(workspace.dir, '.image-inbox')).filter((name) => name.includes('broken')),
      [],
    );
  });

  it('is only for what the stages that run would do', async () => {
    const { stdout, code } = await workspace.run(['process', '--dry-run', '--skip', 'analyze', '--offline', '--json']);
    assert.equal(code, 0);
    const going = eventsOf(stdout).filter(({ status }) => status === 'goes');
    assert.ok(going.length > 5);
    for (const { open, category } of going) assert.deepEqual([open, category], [[], 'Uncategorized']);
    const to = await workspace.run(['process', '--dry-run', '--offline', '--skip', 'analyze', '--to', 'review']);
    assert.match(to.stdout, /\d+ stay: the stages that sort are off/);
  });
});
