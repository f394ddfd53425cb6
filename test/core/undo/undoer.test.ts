import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { planUndo } from '../../../src/core/undo/planUndo.ts';
import { readManifest } from '../../../src/core/undo/runManifest.ts';
import type { UndoReport } from '../../../src/core/undo/undoer.ts';
import { undoText } from '../../../src/core/undo/undoText.ts';
import { SmallRun } from './smallRun.ts';

const results = (report: UndoReport): readonly string[] =>
  report.images.map(({ result }) => (result.kind === 'left' ? result.reason : result.kind));
const signal = new AbortController().signal;

describe('the undo of a run', () => {
  let run: SmallRun;
  beforeEach(async () => {
    run = await SmallRun.make();
  });
  afterEach(() => run.remove());

  for (const transfer of ['move', 'copy'] as const) {
    it(`gives the first tree back, byte for byte (${transfer})`, async () => {
      await run.put('Inbox/a b "1".jpg', 'one');
      await run.put('Inbox/sub/猫.png', 'two');
      await run.put('Inbox/sub/猫.png.xmp', 'mine');
      await run.put('Inbox/c.gif', 'three');
      await run.put('Inbox/c.gif.xmp', 'kept as it is');
      await run.put('Sorted/Cats/c.gif', 'another c');
      const before = await run.tree();
      await run.sort('Inbox/a b "1".jpg', { transfer, sidecar: 'tags 1', category: 'New/Deep' });
      await run.sort('Inbox/sub/猫.png', { transfer, sidecar: 'mine and tags' });
      await run.sort('Inbox/c.gif', { transfer });
      assert.notDeepEqual(await run.tree(), before);
      const report = await run.undo();
      assert.deepEqual(await run.tree(), before);
      assert.deepEqual(results(report), ['undone', 'undone', 'undone']);
      assert.deepEqual([report.finished, report.unfinished], [0, []]);
      assert.deepEqual(report.foldersRemoved, [run.path('Sorted/New/Deep'), run.path('Sorted/New')]);
    });
  }

  it('does nothing the second time', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.sort('Inbox/a.jpg', { sidecar: 'tags' });
    await run.undo();
    const before = await run.tree();
    assert.deepEqual(results(await run.undo()), ['as-before']);
    assert.deepEqual(await run.tree(), before);
  });

  it('brings sidecars back along with their images where the manifest is of the first version and tells no hashes', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/a.jpg', { sidecar: 'tags', legacy: true });
    await run.sort('Inbox/b.jpg', { sidecar: 'tags b', legacy: true, transfer: 'copy' });
    await run.undo();
    assert.deepEqual(await run.tree(), {
      'Inbox/a.jpg': 'one',
      'Inbox/a.jpg.xmp': 'tags',
      'Inbox/b.jpg': 'two',
      'Inbox/b.jpg.xmp': 'tags b',
    });
  });

  it('leaves alone and lists what was changed or moved since, image and sidecar together', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await run.put(`Inbox/${name}.jpg`, name);
    const to = new Map<string, string>();
    for (const name of ['a', 'b', 'c', 'd'])
      to.set(name, await run.sort(`Inbox/${name}.jpg`, { sidecar: `tags ${name}` }));
    const at = (name: string): string => to.get(name) ?? '';
    await appendFile(at('a'), ' edited');
    await appendFile(`${at('b')}.xmp`, ' edited');
    await rename(at('c'), run.path('Sorted/moved.jpg'));
    const report = await run.undo();
    assert.deepEqual(results(report), ['undone', 'missing', 'changed', 'changed']);
    assert.deepEqual(await run.tree(), {
      'Inbox/d.jpg': 'd',
      'Sorted/Cats/a.jpg': 'a edited',
      'Sorted/Cats/a.jpg.xmp': 'tags a',
      'Sorted/Cats/b.jpg': 'b',
      'Sorted/Cats/b.jpg.xmp': 'tags b edited',
      'Sorted/Cats/c.jpg.xmp': 'tags c',
      'Sorted/moved.jpg': 'c',
    });
    assert.deepEqual(report.foldersRemoved, []);
  });

  it('takes a free name for image and sidecar where the old one is taken by other bytes', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/a.jpg.xmp', 'mine');
    await run.sort('Inbox/a.jpg');
    await run.put('Inbox/a.jpg', 'another');
    await run.put('Inbox/a (2).jpg.xmp', 'somebody’s');
    await run.undo();
    assert.deepEqual(await run.tree(), {
      'Inbox/a (2).jpg.xmp': 'somebody’s',
      'Inbox/a (3).jpg': 'one',
      'Inbox/a (3).jpg.xmp': 'mine',
      'Inbox/a.jpg': 'another',
    });
  });

  it('leaves an image whose bytes are back in the old place already', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.sort('Inbox/a.jpg', { sidecar: 'tags' });
    await run.put('Inbox/a.jpg', 'one');
    const before = await run.tree();
    assert.deepEqual(results(await run.undo()), ['twin']);
    assert.deepEqual(await run.tree(), before);
  });

  it('does not remove a copy when it is all that is left, nor one beside which a sidecar was written', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/a.jpg', { transfer: 'copy' });
    const b = await run.sort('Inbox/b.jpg', { transfer: 'copy' });
    await rm(run.path('Inbox/a.jpg'));
    await writeFile(`${b}.xmp`, 'stars');
    const before = await run.tree();
    assert.deepEqual(results(await run.undo()), ['sidecar-added', 'last-copy']);
    assert.deepEqual(await run.tree(), before);
  });

  it('takes a sidecar along that another program has written since', async () => {
    await run.put('Inbox/a.jpg', 'one');
    const a = await run.sort('Inbox/a.jpg');
    await writeFile(`${a}.xmp`, 'stars');
    await run.undo();
    assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'stars' });
  });

  it('makes the old folder again where it is gone', async () => {
    await run.put('Inbox/sub/a.jpg', 'one');
    await run.sort('Inbox/sub/a.jpg', { sidecar: 'tags' });
    await rmdir(run.path('Inbox/sub'));
    await run.undo();
    assert.deepEqual(await run.tree(), { 'Inbox/sub/a.jpg': 'one' });
  });

  it('brings trashed duplicates back', async () => {
    await run.put('Inbox/a.jpg', 'one');
    const trashed = run.path('.image-inbox/trash/0-a.jpg');
    await mkdir(run.path('.image-inbox/trash'), { recursive: true });
    await rename(run.path('Inbox/a.jpg'), trashed);
    const at = '2026-01-01T00:00:00.000Z';
    run.images.push({
      source: run.path('Inbox/a.jpg'),
      sha256: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
      operations: [{ at, op: 'trash', from: run.path('Inbox/a.jpg'), to: trashed }],
    });
    await run.undo();
    assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one' });
  });

  it('puts back one image, or those of a folder, when that is what is asked for', async () => {
    for (const name of ['x/a', 'x/b', 'c']) await run.put(`Inbox/${name}.jpg`, name);
    const c = await run.sort('Inbox/c.jpg');
    await run.sort('Inbox/x/a.jpg', { category: 'Dogs' });
    await run.sort('Inbox/x/b.jpg', { category: 'Dogs' });
    await run.undo([c]);
    assert.deepEqual(Object.keys(await run.tree()), ['Inbox/c.jpg', 'Sorted/Dogs/a.jpg', 'Sorted/Dogs/b.jpg']);
    await run.undo([run.path('Inbox/x')]);
    assert.deepEqual(Object.keys(await run.tree()), ['Inbox/c.jpg', 'Inbox/x/a.jpg', 'Inbox/x/b.jpg']);
  });

  it('can be looked at before, and then nothing is touched', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/a.jpg', { sidecar: 'tags' });
    const b = await run.sort('Inbox/b.jpg');
    await appendFile(b, '!');
    const before = await run.tree();
    const plan = planUndo(readManifest(run.manifest()));
    const findings = [];
    for await (const finding of run.undoer().preview(plan, signal)) findings.push(finding);
    assert.deepEqual(await run.tree(), before);
    const text = undoText({ ...plan, onNas: ['/nas/Cats/a.jpg'] }, findings);
    assert.match(
      text,
      /1 image goes back to where it was\n {2}1 left alone:\n {4}.*b\.jpg was changed since\n {2}1 on the NAS/,
    );
  });

  it('keeps its word in the sidecar of the original of a copy that was changed since', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/a.jpg.xmp', 'mine');
    const a = await run.sort('Inbox/a.jpg', { transfer: 'copy', sidecar: 'mine and tags' });
    await appendFile(run.path('Inbox/a.jpg.xmp'), ' and stars');
    assert.deepEqual(results(await run.undo()), ['changed']);
    assert.equal(await readFile(`${a}.xmp`, 'utf8'), 'mine and tags');
  });
});
