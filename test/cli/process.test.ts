import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sampleInbox } from '../services/samplePosts.ts';
import { assertAddsUp, contents, filesBelow, KEY, sha256, Workspace } from './commandLine.ts';

describe('image-inbox process, over the sample images', () => {
  let workspace: Workspace;
  let originals: Map<string, number>;
  let stdout: string;
  let code: number | null;

  before(async () => {
    workspace = await Workspace.create();
    originals = contents(workspace.inbox);
    ({ code, stdout } = await workspace.run(['process', '--approve', 'all']));
  });
  after(() => workspace[Symbol.asyncDispose]());

  it('says by its exit code that an image failed: one of them is broken', () => {
    assert.equal(code, 1, stdout);
  });

  it('accounts for every image, and the totals add up', () => {
    const manifest = workspace.manifest();
    assertAddsUp(manifest);
    assert.equal(manifest.outcome, 'completed');
    assert.deepEqual(
      manifest.images.map((i) => i.source).sort(),
      filesBelow(sampleInbox)
        .map((f) => join(workspace.inbox, f))
        .sort(),
    );
  });

  it('keeps the bytes of every original exactly as often as they were there', () => {
    assert.deepEqual(contents(workspace.inbox, workspace.sorted), originals);
  });

  it('puts each image into its category with a sidecar beside it, and nothing is left behind in the inbox but what the report names', () => {
    const { images } = workspace.manifest();
    for (const image of images.filter((i) => i.destination !== undefined)) {
      assert.ok(existsSync(image.destination!), image.destination);
      assert.equal(image.sidecar, `${image.destination}.xmp`);
      assert.ok(existsSync(image.sidecar));
      assert.equal(sha256(image.destination!), image.sha256);
      assert.ok(!existsSync(image.source));
    }
    assert.deepEqual(
      filesBelow(workspace.inbox)
        .map((f) => basename(f))
        .sort(),
      ['aoi hoshino - harbor night (1).png', 'broken download.png'],
    );
  });

  it('sorts by what the boorus and the models say', () => {
    const category = Object.fromEntries(workspace.manifest().images.map((i) => [basename(i.source), i.category]));
    assert.equal(category['mika_rooftop.png'], 'Anime/Characters');
    assert.equal(category['夕焼けの湖 🌄.webp'], 'Anime/Scenery');
    assert.equal(category['astronaut.jpg'], 'Photos/People');
    assert.equal(category['IMG_2041.jpg'], 'Photos/Other');
  });

  it('tells which service found what, and what nobody knows', () => {
    const search = Object.fromEntries(workspace.manifest().images.map((i) => [basename(i.source), i.stages['search']]));
    assert.equal(search['mika_rooftop.png']?.['provider'], 'danbooru-md5');
    assert.equal(search['linnea_moon_p0.jpg']?.['provider'], 'saucenao');
    assert.equal(search['ステージ ♪.avif']?.['provider'], 'iqdb');
    assert.equal(search['coffee break.jpeg']?.['verdict'], 'no-match');
  });

  it('reports the duplicate and leaves it alone', () => {
    const twin = workspace.manifest().images.find((i) => i.stages['scan']?.status === 'skipped');
    assert.match(twin?.stages['scan']?.why ?? '', /^duplicate: the same bytes as .*aoi hoshino/);
    assert.ok(existsSync(twin!.source));
  });

  it('reports the broken one by name, stage and cause, without changing it', () => {
    const report = workspace.errorReport() ?? '';
    assert.match(report, /broken download\.png/);
    assert.match(report, /stage analyze|stage scan|stage search/);
    assert.match(report, /damaged or incomplete/);
    assert.equal(
      sha256(join(workspace.inbox, 'downloads/broken download.png')),
      sha256(join(sampleInbox, 'downloads/broken download.png')),
    );
  });

  it('mirrors what is sorted to the NAS, and leaves no temporary file anywhere', () => {
    const images = (folder: string): string[] => filesBelow(folder).filter((f) => !/^(manifest|errors)_/.test(f));
    assert.deepEqual(images(workspace.nas), images(workspace.sorted));
    for (const file of images(workspace.nas))
      assert.equal(sha256(join(workspace.nas, file)), sha256(join(workspace.sorted, file)), file);
    assert.deepEqual(
      filesBelow(workspace.dir).filter((f) => f.endsWith('.tmp')),
      [],
    );
  });

  it('lets no key get into anything that it wrote', () => {
    for (const file of filesBelow(workspace.dir))
      assert.ok(!readFileSync(join(workspace.dir, file)).includes(KEY), file);
    assert.ok(!stdout.includes(KEY));
  });

  it('does nothing a second time, but for what it left in the inbox', async () => {
    const requests = workspace.services.danbooru.requests.length;
    const again = await workspace.run(['process', '--approve', 'all']);
    assert.equal(again.code, 1);
    const manifest = workspace.manifest();
    assertAddsUp(manifest);
    assert.equal(manifest.statistics['total'], 2);
    assert.equal(manifest.statistics['processed'], 0);
    assert.equal(
      workspace.services.danbooru.requests.length,
      requests,
      'what Danbooru said of the broken one is still known',
    );
    assert.deepEqual(contents(workspace.inbox, workspace.sorted), originals);
  });

  it('knows by its bytes an image that is sorted already when it comes in again', async () => {
    const copy = join(workspace.inbox, 'mika again.jpg');
    const [sorted] = workspace.manifest().images;
    assert.ok(sorted);
    copyFileSync(join(sampleInbox, 'downloads/mika_rooftop.png'), copy);
    await workspace.run(['process', '--offline']);
    const image = workspace.manifest().images.find((i) => i.source === copy);
    assert.match(image?.stages['scan']?.why ?? '', /duplicate: the same bytes as .*Sorted.*mika_rooftop\.png/);
    assert.ok(existsSync(copy));
  });
});
