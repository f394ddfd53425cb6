import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sampleInbox } from '../services/samplePosts.ts';
import { filesBelow, Workspace, type ManifestImage } from './commandLine.ts';

interface Stats {
  readonly corrections: number;
  readonly categories: readonly { readonly category: string; readonly corrections: number }[];
  readonly latest: readonly {
    readonly by: string;
    readonly from?: string;
    readonly to: string;
    readonly name: string;
  }[];
}

/** As a file manager does: image and sidecar into another folder. */
function moveTo(folder: string, { destination = '', sidecar = '' }: ManifestImage): void {
  mkdirSync(folder, { recursive: true });
  for (const file of [destination, sidecar]) renameSync(file, join(folder, basename(file)));
}

describe('what the command line learns', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await Workspace.create({ settings: { 'imageInbox.search.providers': ['danbooru-md5'] } });
    await workspace.run(['process', '--approve', 'all']);
  });
  afterEach(() => workspace[Symbol.asyncDispose]());

  const stats = async (): Promise<Stats> =>
    JSON.parse((await workspace.run(['preferences', 'stats', '--json'])).stdout) as Stats;
  const characters = (): readonly ManifestImage[] =>
    workspace.manifest().images.filter(({ category }) => category === 'Anime/Characters');

  it('is where the user moved images behind its back, found again by their bytes at the next run', async () => {
    assert.equal((await stats()).corrections, 0);
    const moved = characters();
    assert.ok(moved.length >= 2);
    for (const image of moved.slice(0, 2)) moveTo(join(workspace.sorted, 'Keepers 猫'), image);
    await workspace.run(['process', '--approve', 'all']);
    const { corrections, latest, categories } = await stats();
    assert.equal(corrections, 2);
    assert.deepEqual(categories, [{ category: 'Keepers 猫', corrections: 2, switchedOff: 0 }]);
    for (const { by, from, to } of latest) assert.deepEqual([by, from, to], ['found-again', 'Anime/Characters', 'Keepers 猫']); // prettier-ignore
    await workspace.run(['process', '--approve', 'all']);
    assert.equal((await stats()).corrections, 2, 'told once');
  });

  it('goes before the rules where it is sure enough, and explains itself in the manifest', async () => {
    const moved = characters();
    for (const image of moved) moveTo(join(workspace.sorted, 'Keepers'), image);
    const copy = join(workspace.inbox, 'one more.png');
    const name = filesBelow(sampleInbox).find((file) => file.endsWith('mika_rooftop.png')) ?? '';
    // the same picture to the boorus and the models, but other bytes
    writeFileSync(copy, Buffer.concat([readFileSync(join(sampleInbox, name)), Buffer.from('\n')]));
    await workspace.run(['process', '--approve', 'all', '--set', 'learning.minConfidence=0.05']);
    const image = workspace.manifest().images.find(({ source }) => source === copy);
    const categorize = image?.stages['categorize'];
    assert.equal(categorize?.['learned'], true, JSON.stringify(categorize));
    assert.equal(image?.category, 'Keepers');
    assert.ok(typeof categorize['confidence'] === 'number');
    assert.match(String(categorize['because']), /\(\+\d\.\d\).*, \d+ of your corrections$/);
  });

  it('goes along when a category folder is renamed, which is no correction', async () => {
    renameSync(join(workspace.sorted, 'Anime/Characters'), join(workspace.sorted, 'Anime/People'));
    await workspace.run(['process', '--approve', 'all']);
    assert.equal((await stats()).corrections, 0);
  });

  it('is exported, merged, replaced and reset', async () => {
    for (const image of characters().slice(0, 2)) moveTo(join(workspace.sorted, 'Keepers'), image);
    await workspace.run(['process', '--approve', 'all']);
    const file = join(workspace.dir, 'my "preferences".json');
    assert.equal((await workspace.run(['preferences', 'export', file])).code, 0);
    const text = (): unknown => ({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), exportedAt: '' });
    const exported = text();
    const merged = await workspace.run(['preferences', 'import', file]);
    assert.deepEqual([merged.code, merged.stdout], [0, '2 corrections merged into what was learned.\n']);
    assert.equal((await stats()).corrections, 2);
    assert.equal((await workspace.run(['preferences', 'reset'])).code, 0);
    assert.equal((await stats()).corrections, 0);
    await workspace.run(['preferences', 'import', '--replace', file]);
    await workspace.run(['preferences', 'export', file]);
    assert.deepEqual(text(), exported);
    const said = (await workspace.run(['preferences', 'stats'])).stdout;
    assert.match(said, /^2 corrections\n/);
    assert.match(said, /Anime\/Characters -> Keepers/);
  });

  it('is left as it is by a file that holds no preferences', async () => {
    const file = join(workspace.dir, 'wrong.json');
    writeFileSync(file, '{"kind":"image-inbox-preferences","version":1,"corrections":[{"image":"x"}]}');
    const { code, stderr } = await workspace.run(['preferences', 'import', file]);
    assert.equal(code, 2);
    assert.match(stderr, /no preferences of Image Inbox: corrections\.0\.image/);
    assert.equal((await workspace.run(['preferences', 'import', join(workspace.dir, 'nothing.json')])).code, 2);
  });

  it('does not learn from an undo, nor anything at all when learning is switched off', async () => {
    const [image] = characters();
    assert.ok(image?.destination);
    await workspace.run(['undo']);
    await workspace.run(['process', '--approve', 'all', '--set', 'learning.enabled=false']);
    assert.equal((await stats()).corrections, 0);
    const [again] = characters();
    assert.ok(again);
    moveTo(join(workspace.sorted, 'Keepers'), again);
    copyFileSync(join(workspace.sorted, 'Keepers', basename(again.destination ?? '')), join(workspace.dir, 'kept'));
    await workspace.run(['process', '--approve', 'all', '--set', 'learning.enabled=false']);
    assert.equal((await stats()).corrections, 0);
    assert.ok(existsSync(dirname(again.destination ?? '')));
  });
});
