import assert from 'node:assert/strict';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whyUnreachable } from '../../../src/adapters/sync/nasErrors.ts';
import { NodeSortedFolder } from '../../../src/adapters/sync/nodeSortedFolder.ts';
import { collect } from '../support/collect.ts';
import { library, never } from './library.ts';

describe('The two folders of a sync', () => {
  it('are given with every image and its sidecar, the sidecar first, and no report of ours', async () => {
    await using l = await library();
    const files = await l.putImage('Anime/夏 "x"/it\'s 🌄.png', 'image');
    const alone = await l.put('Photos/alone.jpg', 'x');
    for (const place of ['manifest_20260101_000000.json', 'errors_20260101_000000.md', 'gone.jpg.xmp']) {
      await l.put(place, 'x');
    }
    const items = (await collect(new NodeSortedFolder().walk(l.sorted, never))).flat();
    assert.deepEqual(
      items.map((item) => (item.kind === 'unit' ? item.files.map(({ path }) => path) : item)),
      [files, [alone]],
    );
  });

  it('take nothing from outside of the sorted folder', async () => {
    await using l = await library();
    const outside = join(l.sorted, '..', 'secret.jpg');
    await writeFile(outside, 'x');
    await assert.rejects(l.mirror.put({ files: [outside], root: l.sorted }, never), /is not in the sorted folder/);
    assert.deepEqual(await readdir(l.nas), []);
  });

  it('are not left through a link on the NAS', async () => {
    await using l = await library();
    const victim = join(l.sorted, '..', 'victim');
    await writeFile(victim, 'precious');
    await symlink(victim, join(l.nas, 'a.jpg'));
    const files = [await l.put('a.jpg', 'image')];
    await assert.rejects(l.mirror.put({ files, root: l.sorted }, never), { reason: 'exists' });
    assert.equal(await readFile(victim, 'utf8'), 'precious');
  });

  it('are waited for when the NAS answers no more, and for no other trouble', async () => {
    await using l = await library();
    const system = (code: string): Error => Object.assign(new Error(code), { code, errno: -1 });
    assert.match((await whyUnreachable(system('EHOSTDOWN'), l.nas)) ?? '', /EHOSTDOWN/);
    assert.equal(await whyUnreachable(system('EIO'), l.nas), undefined);
  });
});
