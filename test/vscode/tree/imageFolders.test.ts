import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { firstSorted } from '../../../src/vscode/tree/firstSorted.ts';
import { ImageFolders } from '../../../src/vscode/tree/imageFolders.ts';

describe('The folders that the tree shows', () => {
  let root: string;
  let folders: ImageFolders;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "tree's 写真 "));
    folders = new ImageFolders();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const file = (...parts: readonly string[]): string => {
    const path = join(root, ...parts);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '');
    return path;
  };
  const counts = async (exclude: readonly string[] = []) =>
    (await folders.count(root, exclude))?.map(({ name, images }) => `${name}: ${images}`);
  const names = async (count = 100) => (await folders.first(root, count)).images.map(({ path }) => basename(path));

  it('are counted with all below them, less what is hidden, linked or left out', async () => {
    for (const name of ['a.jpg', 'b.JPEG', '夏.webp', 'notes.txt', 'a.jpg.xmp', '.hidden.png']) file(name);
    file('2024 夏', 'c.png');
    file('@eaDir', 'd.png');
    file('Sorted', 'e.png');
    symlinkSync(join(root, '2024 夏'), join(root, 'link'));
    assert.deepEqual(await counts([join(root, 'Sorted')]), [': 3', '2024 夏: 1']);
  });

  it('are listed by name as people count, with what has a sidecar', async () => {
    for (const name of ['p10.png', 'p9.png', 'p1.png', 'p9.png.xmp']) file(name);
    const { images, total } = await folders.first(root, 2);
    assert.deepEqual(
      images.map(({ path, hasSidecar }) => [basename(path), hasSidecar]),
      [
        ['p1.png', false],
        ['p9.png', true],
      ],
    );
    assert.equal(total, 3);
  });

  it('are not there when they cannot be read', async () => {
    assert.equal(await folders.count(join(root, 'nowhere'), []), undefined);
    assert.deepEqual((await folders.first(join(root, 'nowhere'), 10)).images, []);
  });

  it('are followed image by image, without being read again', async () => {
    file('a.png');
    assert.deepEqual(await names(), ['a.png']);
    // a file that nobody told of would be seen by another reading
    file('unnoticed.png');
    folders.changed(join(root, 'b.png'), 'created');
    folders.changed(join(root, 'b.png.xmp'), 'created');
    folders.changed(join(root, 'a.png'), 'deleted');
    assert.deepEqual(await names(), ['b.png']);
    assert.equal(folders.hasSidecar(join(root, 'b.png')), true);
  });

  it('are read again when a folder came, went or was renamed in them', async () => {
    file('Old', 'a.png');
    assert.deepEqual(await counts(), ['Old: 1']);
    renameSync(join(root, 'Old'), join(root, 'New'));
    file('New', 'b.png');
    folders.changed(join(root, 'Old'), 'deleted');
    folders.changed(join(root, 'New'), 'created');
    assert.deepEqual(await counts(), ['New: 2']);
  });

  it('take a change that comes while they are being read for what it may be: missed', async () => {
    file('a.png');
    const reading = names();
    file('b.png');
    folders.changed(join(root, 'b.png'), 'created');
    await reading;
    assert.deepEqual(await names(), ['a.png', 'b.png']);
  });
});

describe('The first of many', () => {
  const numeric = (a: number, b: number): number => a - b;

  it('are those that a whole sort would begin with, whatever the order they come in', () => {
    for (const n of [0, 1, 2, 3, 10, 257]) {
      const ascending = Array.from({ length: n }, (_, i) => i >> 1); // each twice
      const shuffled = ascending.map((_, i) => ascending[(i * 97) % n] ?? 0);
      for (const items of [ascending, ascending.toReversed(), shuffled, ascending.map(() => 7)]) {
        for (const count of [0, 1, 2, Math.floor(n / 2), n, n + 5]) {
          assert.deepEqual(firstSorted(items, count, numeric), items.toSorted(numeric).slice(0, count));
        }
      }
    }
  });
});
