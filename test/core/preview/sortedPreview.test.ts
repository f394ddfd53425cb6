import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeManifests } from '../../../src/adapters/files/nodeManifests.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import { CategoryChooser } from '../../../src/core/learning/categoryChooser.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { previewSorted, type SortedPreview } from '../../../src/core/preview/sortedPreview.ts';
import { manifestEntry } from '../../../src/core/report/manifest.ts';
import type { CategoryRule } from '../../../src/core/rules/rule.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { storyOf } from '../journal/story.ts';
import { stateOf } from '../pipeline/found.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const CATS: readonly CategoryRule[] = [
  { category: 'Cats', when: { tags: ['cat'] } },
  { category: 'Large', when: { size: { bytes: 100 } } },
  { category: 'Rest' },
];

/** A sorted folder with a database that knows of it, and manifests. */
class Sorted implements AsyncDisposable {
  readonly store: SqljsStore;
  readonly synced = new Set<string>();
  readonly root: string;
  private readonly folder: AsyncDisposable;
  private manifests = 0;

  private constructor(folder: Awaited<ReturnType<typeof temporaryFolder>>, store: SqljsStore) {
    this.folder = folder;
    this.root = join(folder.path, 'Sorted');
    this.store = store;
  }

  static async create(): Promise<Sorted> {
    const folder = await temporaryFolder();
    return new Sorted(
      folder,
      await SqljsStore.open({ file: join(folder.path, 'image-inbox.db'), wasm, log: new CollectedLog() }),
    );
  }

  readonly path = (place: string): string => join(this.root, place);

  /** A run has sorted a picture of this name there; by its name it is known what it shows. */
  async put(place: string, text = 'picture'): Promise<string> {
    const path = this.path(place);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    this.remember(place);
    return path;
  }

  remember(place: string): void {
    const { sha256 } = storyOf(basename(place));
    this.store.rememberSorted({ sha256, path: this.path(place), source: `/in/${basename(place)}`, at: 1 });
  }

  /** A manifest, later than those before, which tells that these pictures have these tags. */
  async tell(tags: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const images = Object.entries(tags).map(([name, general]) => manifestEntry(this.state(name, general)));
    await mkdir(this.root, { recursive: true });
    const path = this.path(`manifest_20260101_0000${String(++this.manifests).padStart(2, '0')}.json`);
    await writeFile(path, JSON.stringify({ images }));
  }

  preview(signal = new AbortController().signal): Promise<SortedPreview> {
    return previewSorted(
      {
        manifests: new NodeManifests(this.root),
        store: this.store,
        files: new NodeFiles(),
        chooser: new CategoryChooser({ rules: CATS, maxGeneralTags: 0 }),
        synced: this.synced,
        sorted: this.root,
      },
      signal,
    );
  }

  private state(name: string, general: readonly string[]): ImageState {
    const { sha256 } = storyOf(name);
    const destination = this.path(name);
    return stateOf(name, {
      scan: { kind: 'done', result: { sha256, md5: '', format: 'jpeg' } },
      review: { kind: 'done', result: { decision: 'approved', tags: { ...NO_TAGS, general } } },
      categorize: { kind: 'done', result: { suggested: '', learned: false, final: '', because: '', destination } },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.store.close();
    await this.folder[Symbol.asyncDispose]();
  }
}

describe('A look at where the sorted images would go today', () => {
  let scene: Sorted;
  beforeEach(async () => {
    scene = await Sorted.create();
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  it('finds nothing where nothing is sorted', async () => {
    assert.deepEqual(await scene.preview(), { complete: true, elsewhere: [], staying: 0, unknown: 0 });
  });

  it('tells of those that would go elsewhere, with why, and counts those that would stay', async () => {
    const b = await scene.put('Rest/b.jpg');
    const a = await scene.put('Rest/Deep/a.jpg');
    await scene.put('Cats/c.jpg');
    await scene.put('Rest/d.jpg');
    scene.synced.add(b);
    await scene.tell({ 'b.jpg': ['cat'], 'a.jpg': [], 'c.jpg': ['cat'], 'd.jpg': [] });
    const { elsewhere, ...counts } = await scene.preview();
    assert.deepEqual(counts, { complete: true, staying: 2, unknown: 0 });
    assert.deepEqual(
      elsewhere.map(({ path, now, category, synced }) => ({ path, now, category, synced })),
      [
        { path: a, now: 'Rest/Deep', category: 'Rest', synced: false },
        { path: b, now: 'Rest', category: 'Cats', synced: true },
      ],
    );
    assert.ok(elsewhere.every(({ because }) => because !== ''));
  });

  it('lists them in the order of their places, whatever the order of the manifest', async () => {
    const images = ['c.jpg', 'a.jpg', 'd.jpg', 'b.jpg'];
    for (const name of images) await scene.put(`Rest/${name}`);
    await scene.tell(Object.fromEntries(images.map((name) => [name, ['cat']])));
    const { elsewhere } = await scene.preview();
    assert.deepEqual(
      elsewhere.map(({ path }) => basename(path)),
      ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'],
    );
  });

  it('goes by the size that the file has', async () => {
    await scene.put('Rest/a.jpg', 'x'.repeat(200));
    await scene.tell({ 'a.jpg': [] });
    assert.deepEqual(
      (await scene.preview()).elsewhere.map(({ category }) => category),
      ['Large'],
    );
  });

  it('believes the latest manifest', async () => {
    await scene.put('Cats/a.jpg');
    await scene.put('Rest/b.jpg');
    await scene.tell({ 'a.jpg': [], 'b.jpg': ['cat'] });
    await scene.tell({ 'a.jpg': ['cat'] });
    const { elsewhere, staying } = await scene.preview();
    assert.deepEqual([elsewhere.map(({ path }) => basename(path)), staying], [['b.jpg'], 1]);
  });

  it('looks at every copy of a picture, and counts none twice', async () => {
    await scene.put('Rest/a.jpg');
    await scene.put('Cats/a.jpg');
    await scene.tell({ 'a.jpg': ['cat'] });
    await scene.tell({ 'a.jpg': ['cat'] });
    const { elsewhere, staying, unknown } = await scene.preview();
    assert.deepEqual([elsewhere.map(({ path }) => path), staying, unknown], [[scene.path('Rest/a.jpg')], 1, 0]);
  });

  it('leaves those where they are that a person has put there', async () => {
    await scene.put('Rest/a.jpg');
    await scene.put('Rest/b.jpg');
    await scene.tell({ 'a.jpg': ['cat'], 'b.jpg': ['cat'] });
    const correction = { at: 1, revised: 1, by: 'tree', name: '', features: [] } as const;
    scene.store.preferences.change({
      put: [
        { ...correction, image: storyOf('a.jpg').sha256, to: 'Rest' },
        // who has put it elsewhere, from where it has come back
        { ...correction, image: storyOf('b.jpg').sha256, to: 'Dogs' },
      ],
    });
    const { elsewhere, staying } = await scene.preview();
    assert.deepEqual([elsewhere.map(({ path }) => basename(path)), staying], [['b.jpg'], 1]);
  });

  it('counts no image that is gone, or in no category', async () => {
    scene.remember('Rest/gone.jpg');
    scene.remember('Rest/unknown.jpg');
    await scene.put('bare.jpg');
    await scene.tell({ 'gone.jpg': ['cat'], 'bare.jpg': ['cat'] });
    assert.deepEqual(await scene.preview(), { complete: true, elsewhere: [], staying: 0, unknown: 0 });
  });

  it('counts as unknown those of which no manifest tells', async () => {
    await scene.put('Rest/a.jpg');
    await scene.put('Rest/b.jpg');
    await scene.put('Cats/b.jpg');
    await scene.tell({ 'a.jpg': [], 'else.jpg': ['cat'] });
    assert.deepEqual(await scene.preview(), { complete: true, elsewhere: [], staying: 1, unknown: 2 });
  });

  it('counts as unknown those that nobody can look at, and tells of the others', async () => {
    await scene.put('Rest/a.jpg');
    // a folder that leads to itself: what is in it can't be looked at
    await symlink('Locked', scene.path('Locked'));
    for (const name of ['told.jpg', 'untold.jpg']) scene.remember(`Locked/${name}`);
    await scene.tell({ 'a.jpg': ['cat'], 'told.jpg': ['cat'] });
    const { elsewhere, unknown } = await scene.preview();
    assert.deepEqual([elsewhere.map(({ path }) => basename(path)), unknown], [['a.jpg'], 2]);
  });

  it('reads no more manifests than it takes to know of all', async () => {
    await scene.put('Cats/a.jpg');
    await mkdir(scene.path('manifest_20250101_000000.json'), { recursive: true });
    await scene.tell({ 'a.jpg': ['cat'] });
    assert.equal((await scene.preview()).staying, 1, 'the older one can’t be read');
  });

  it('tells what it had come to when it is stopped', async () => {
    await scene.put('Rest/a.jpg');
    await scene.put('Rest/b.jpg');
    await scene.put('Rest/c.jpg');
    await scene.tell({ 'a.jpg': ['cat'], 'b.jpg': ['cat'] });
    const stop = new AbortController();
    scene.store.preferences.correction = () => {
      stop.abort();
      return undefined;
    };
    const { complete, elsewhere, unknown } = await scene.preview(stop.signal);
    assert.deepEqual([complete, elsewhere.length, unknown], [false, 1, 0]);
    assert.deepEqual(await scene.preview(AbortSignal.abort()), {
      complete: false,
      elsewhere: [],
      staying: 0,
      unknown: 0,
    });
  });
});
