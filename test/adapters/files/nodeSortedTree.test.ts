import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { NodeSortedTree } from '../../../src/adapters/files/nodeSortedTree.ts';
import { collect } from '../support/collect.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('The sorted folder', () => {
  it('has neither categories nor images in the bins of a NAS or a system', async () => {
    await using folder = await temporaryFolder();
    const bins = [
      '#recycle/夏',
      '@Recycle',
      '@eaDir/a.jpg',
      '$RECYCLE.BIN/S-1-5-21',
      'lost+found',
      '.Trash-1000/files',
    ];
    for (const place of [
      ...bins.map((bin) => `${bin}/thrown away.jpg`),
      '夏/._a.jpg',
      '夏/海/a.jpg',
      '#hashtag/b.jpg',
    ]) {
      const path = join(folder.path, place);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'x');
    }
    const tree = new NodeSortedTree(folder.path);
    assert.deepEqual([...(await tree.folders())].sort(), ['#hashtag', '夏', '夏/海']);
    const images = await collect(tree.images(new AbortController().signal));
    assert.deepEqual(images.map((path) => relative(folder.path, path).split(sep).join('/')).sort(), [
      '#hashtag/b.jpg',
      '夏/海/a.jpg',
    ]);
  });
});
