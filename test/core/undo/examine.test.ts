import assert from 'node:assert/strict';
import { appendFile, link, lstat, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import type { UndoReport } from '../../../src/core/undo/undoer.ts';
import { dyingFiles, Killed } from './dyingFiles.ts';
import { hashOf, SmallRun } from './smallRun.ts';

const at = '2026-01-01T00:00:00.000Z';

describe('what an undo comes upon', () => {
  let run: SmallRun;
  beforeEach(async () => {
    run = await SmallRun.make();
  });
  afterEach(() => run.remove());

  /** What became of each image, with what it is told about, and the notes. */
  const said = ({ images }: UndoReport): readonly string[] =>
    images.flatMap(({ result }) => {
      if (result.kind === 'left') return [`${result.reason}: ${result.path.slice(run.root.length + 1)}`];
      return [result.kind, ...(result.kind === 'undone' ? result.notes : [])];
    });
  const undone = async (): Promise<readonly string[]> => said(await run.undo());

  describe('at the image', () => {
    it('may be that its copy or its original can’t be read: it is said which', async () => {
      await run.put('Inbox/a.jpg', 'one');
      const a = await run.sort('Inbox/a.jpg', { transfer: 'copy' });
      const before = await run.tree();
      for (const secret of [a, run.path('Inbox/a.jpg')]) {
        const files = Object.assign(new NodeFiles(), {
          hash: (path: string, signal: AbortSignal) =>
            path === secret
              ? Promise.reject(new ImageError('unreadable', 'no permission'))
              : run.files.hash(path, signal),
        });
        assert.deepEqual(said(await run.undo(undefined, files)), [`unreadable: ${secret.slice(run.root.length + 1)}`]);
      }
      assert.deepEqual(await run.tree(), before);
    });

    it('may be a disk that is broken, and then the undo ends', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg');
      const broken = Object.assign(new NodeFiles(), {
        hash: () => Promise.reject(new FatalError('not-writable', 'The disk is broken.')),
      });
      await assert.rejects(run.undo(undefined, broken), FatalError);
    });

    it('may be that the user has removed the copy already', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await rm(await run.sort('Inbox/a.jpg', { transfer: 'copy' }));
      assert.deepEqual(await undone(), ['as-before']);
    });

    it('may be a copy that was edited since, which stays', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await appendFile(await run.sort('Inbox/a.jpg', { transfer: 'copy' }), ' edited');
      assert.deepEqual(await undone(), ['changed: Sorted/Cats/a.jpg']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Sorted/Cats/a.jpg': 'one edited' });
    });

    it('may be a copy whose original was edited since: then it is the last that has these bytes, and stays', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg', { transfer: 'copy' });
      await appendFile(run.path('Inbox/a.jpg'), ' edited');
      assert.deepEqual(await undone(), ['last-copy: Sorted/Cats/a.jpg']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one edited', 'Sorted/Cats/a.jpg': 'one' });
    });

    describe('may be what somebody else’s manifest calls a copy', () => {
      const sha256 = hashOf('one');
      const called = (...copies: readonly (readonly [from: string, to: string])[]): void => {
        const operations = copies.map(([from, to]) => ({ at, op: 'copy', from: run.path(from), to: run.path(to), sha256 })); // prettier-ignore
        run.images.push({ source: run.path(copies[0]?.[0] ?? ''), sha256, operations });
      };
      beforeEach(async () => {
        await run.put('Sorted/a.jpg', 'one');
        await run.put('Sorted/b.jpg', 'one');
      });

      it('of itself through a link: it stays', async () => {
        await symlink(run.path('Sorted'), run.path('Sorted/link'), 'junction');
        called(['Sorted/link/a.jpg', 'Sorted/a.jpg']);
        assert.deepEqual(await undone(), ['last-copy: Sorted/a.jpg']);
        assert.equal((await run.tree())['Sorted/a.jpg'], 'one');
      });

      it('of itself in another case, on a disk that folds case: it stays', async () => {
        const spelled = (path: string): string => path.replace('A.JPG', 'a.jpg');
        called(['Sorted/A.JPG', 'Sorted/a.jpg']);
        const folding = Object.assign(new NodeFiles(), {
          hash: (path: string, signal: AbortSignal) => run.files.hash(spelled(path), signal),
          isOneFile: (one: string, other: string) => run.files.isOneFile(spelled(one), spelled(other)),
        });
        assert.deepEqual(said(await run.undo(undefined, folding)), ['last-copy: Sorted/a.jpg']);
      });

      it('of another that is called its copy in turn: one of them stays', async () => {
        called(['Sorted/a.jpg', 'Sorted/b.jpg']);
        called(['Sorted/b.jpg', 'Sorted/a.jpg']);
        assert.deepEqual(await undone(), ['undone', 'last-copy: Sorted/b.jpg']);
        assert.deepEqual(await run.tree(), { 'Sorted/b.jpg': 'one' });
      });

      it('of another, both of each other at once: both stay', async () => {
        called(['Sorted/a.jpg', 'Sorted/b.jpg'], ['Sorted/b.jpg', 'Sorted/a.jpg']);
        assert.deepEqual(await undone(), []);
        assert.deepEqual(await run.tree(), { 'Sorted/a.jpg': 'one', 'Sorted/b.jpg': 'one' });
      });

      it('of itself by the time that an undo which was cut off is finished: it stays', async () => {
        await mkdir(run.path('Inbox/sub'));
        await run.put('Inbox/sub/a.jpg', 'one');
        called(['Inbox/sub/a.jpg', 'Sorted/a.jpg']);
        await assert.rejects(run.undo(undefined, dyingFiles(run.files, 0, false)), Killed);
        await rm(run.path('Inbox/sub'), { recursive: true });
        await symlink(run.path('Sorted'), run.path('Inbox/sub'), 'junction');
        assert.equal((await run.undo(['/nothing'])).unfinished.length, 1);
        assert.equal((await run.tree())['Sorted/a.jpg'], 'one');
      });
    });

    it('may be a copy that another program has made a second name of its original: the one name goes', async () => {
      const original = await run.put('Inbox/a.jpg', 'one');
      const a = await run.sort('Inbox/a.jpg', { transfer: 'copy' });
      await rm(a);
      await link(original, a);
      assert.deepEqual(await undone(), ['undone']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one' });
    });

    it('may be a copy of what is moved back at the same time: it goes once that is where it was', async () => {
      const [source, first, second] = ['Inbox/a.jpg', 'Sorted/a.jpg', 'Sorted/b.jpg'].map((place) => run.path(place));
      for (const place of ['Sorted/a.jpg', 'Sorted/b.jpg']) await run.put(place, 'one');
      await run.put('Inbox/a.jpg', 'another');
      const sha256 = hashOf('one');
      const operations = [
        { at, op: 'move', from: source, to: first, sha256 },
        { at, op: 'copy', from: first, to: second, sha256 },
      ];
      run.images.push({ source, sha256, operations });
      assert.equal((await undone())[0], 'undone');
      assert.deepEqual(await run.tree(), { 'Inbox/a (2).jpg': 'one', 'Inbox/a.jpg': 'another' });
    });

    it('may be an image that the user has brought back: what another program has written in the sorted folder stays there', async () => {
      await run.put('Inbox/a.jpg', 'one');
      const a = await run.sort('Inbox/a.jpg');
      await writeFile(`${a}.xmp`, 'stars');
      await rename(a, run.path('Inbox/a.jpg'));
      assert.deepEqual(await undone(), ['as-before']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Sorted/Cats/a.jpg.xmp': 'stars' });
    });
  });

  describe('at the sidecar', () => {
    it('may be a copy of what the user wrote, over which the run has written: it goes with its image, while the original says the same', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      const a = await run.sort('Inbox/a.jpg', { transfer: 'copy' });
      await writeFile(`${a}.xmp`, 'mine and tags');
      const { operations } = run.images[0] as { operations: object[] };
      operations.push({ at, op: 'write', to: `${a}.xmp`, sha256: hashOf('mine and tags') });
      await appendFile(run.path('Inbox/a.jpg.xmp'), ', edited');
      assert.deepEqual(await undone(), ['last-copy: Sorted/Cats/a.jpg.xmp']);
      await writeFile(run.path('Inbox/a.jpg.xmp'), 'mine');
      assert.deepEqual(await undone(), ['undone']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' });
    });

    it('may be one that another program has written since, and that it says goes along', async () => {
      await run.put('Inbox/a.jpg', 'one');
      const a = await run.sort('Inbox/a.jpg');
      await writeFile(`${a}.xmp`, 'stars');
      assert.deepEqual(await undone(), ['undone', `${a}.xmp was written since, and goes along`]);
    });

    for (const [what, spoil] of [
      ['no longer kept', (kept: string) => rm(kept)],
      ['kept with other bytes', (kept: string) => appendFile(kept, '!')],
    ] as const) {
      it(`may be one whose first words are ${what}: it goes back as the run wrote it, and that is told`, async () => {
        await run.put('Inbox/a.jpg', 'one');
        await run.put('Inbox/a.jpg.xmp', 'mine');
        await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' });
        await spoil(run.path('.image-inbox/before', `${hashOf('mine')}.xmp`));
        const note = `what ${run.path('Inbox/a.jpg.xmp')} said before the run is no longer kept`;
        assert.deepEqual(await undone(), ['undone', note]);
        assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine and tags' });
      });

      it(`may be that of a copy’s original whose first words are ${what}: it stays as it is, and that is told`, async () => {
        await run.put('Inbox/a.jpg', 'one');
        await run.put('Inbox/a.jpg.xmp', 'mine');
        await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags', transfer: 'copy' });
        await spoil(run.path('.image-inbox/before', `${hashOf('mine')}.xmp`));
        const note = `what ${run.path('Inbox/a.jpg.xmp')} said before the run is no longer kept; it stays as it is`;
        assert.deepEqual(await undone(), ['undone', note]);
        assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine and tags' });
        assert.deepEqual(await undone(), ['as-before']);
      });
    }

    it('may be that the user removed the one that the run wrote: what it said before comes back', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      await rm(`${await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' })}.xmp`);
      assert.deepEqual(await undone(), ['undone']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' });
    });

    describe('may be one that stands beside the image again, which the user has brought back:', () => {
      let a: string;
      beforeEach(async () => {
        await run.put('Inbox/a.jpg', 'one');
        await run.put('Inbox/a.jpg.xmp', 'mine');
        a = await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' });
      });
      /** With the sidecar that the run has left. */
      const bringBack = async (): Promise<void> => {
        await rename(a, run.path('Inbox/a.jpg'));
        await rename(`${a}.xmp`, run.path('Inbox/a.jpg.xmp'));
      };

      it('as the run has written it, it is the user’s, and stays', async () => {
        await bringBack();
        assert.deepEqual(await undone(), ['as-before']);
        assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine and tags' });
      });

      it('edited since an earlier undo, it is none of this one’s', async () => {
        await undone();
        await appendFile(run.path('Inbox/a.jpg.xmp'), ', edited');
        assert.deepEqual(await undone(), ['as-before']);
        assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine, edited' });
      });

      it('as the run has written it, and in the sorted folder, too: what it said before comes back', async () => {
        await bringBack();
        await writeFile(`${a}.xmp`, 'mine and tags');
        assert.deepEqual(await undone(), ['undone']);
        assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' });
      });

      it('as it was before, of which nothing else is kept: then nothing is missing', async () => {
        await rename(a, run.path('Inbox/a.jpg'));
        await run.put('Inbox/a.jpg.xmp', 'mine');
        await rm(run.path('.image-inbox/before'), { recursive: true });
        assert.deepEqual(await undone(), ['undone']);
        assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' });
      });
    });

    it('may be one that the user has brought back and edited: it stays so, the image comes back to it, and that is told', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      const a = await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' });
      await rename(`${a}.xmp`, run.path('Inbox/a.jpg.xmp'));
      await appendFile(run.path('Inbox/a.jpg.xmp'), ', edited');
      assert.deepEqual(await undone(), [
        'undone',
        `${run.path('Inbox/a.jpg.xmp')} is there already, and stays as it is`,
      ]);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine and tags, edited' });
    });

    it('may be gone that the run wrote, and the old name taken: what it said before goes along to a name free for both', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      await rm(`${await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' })}.xmp`);
      await run.put('Inbox/a.jpg', 'another');
      await run.put('Inbox/a (2).jpg.xmp', 'somebody’s');
      assert.equal((await undone())[0], 'undone');
      assert.deepEqual(await run.tree(), {
        'Inbox/a (2).jpg.xmp': 'somebody’s',
        'Inbox/a (3).jpg': 'one',
        'Inbox/a (3).jpg.xmp': 'mine',
        'Inbox/a.jpg': 'another',
      });
    });

    it('may be that it is gone, which is told', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      const a = await run.sort('Inbox/a.jpg');
      await rm(`${a}.xmp`);
      assert.deepEqual(await undone(), ['undone', `${a}.xmp is no longer there`]);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one' });
    });

    it('may be that it is gone, and what it said before the run as well: that there is none any more is told', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      const a = await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' });
      await rm(`${a}.xmp`);
      await rm(run.path('.image-inbox/before'), { recursive: true });
      assert.deepEqual(await undone(), ['undone', `${a}.xmp is no longer there`]);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one' });
    });

    it('may be that the user has brought it back, which is nothing to be told', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      const a = await run.sort('Inbox/a.jpg');
      await rename(`${a}.xmp`, run.path('Inbox/a.jpg.xmp'));
      assert.deepEqual(await undone(), ['undone']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' });
    });

    it('may be that the user has put back what a copy’s original said before', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags', transfer: 'copy' });
      await run.put('Inbox/a.jpg.xmp', 'mine');
      assert.deepEqual(await undone(), ['undone']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' });
    });

    it('may be that the user has put all back: a copy’s original says what it said, and the copies are gone', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      const a = await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags', transfer: 'copy' });
      await run.put('Inbox/a.jpg.xmp', 'mine');
      for (const path of [a, `${a}.xmp`]) await rm(path);
      assert.deepEqual(await undone(), ['as-before']);
    });

    it('may be one that was moved as it was, and changed since: it stays, with its image', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      await appendFile(`${await run.sort('Inbox/a.jpg')}.xmp`, ' and stars');
      const before = await run.tree();
      assert.deepEqual(await undone(), ['changed: Sorted/Cats/a.jpg.xmp']);
      assert.deepEqual(await run.tree(), before);
    });

    for (const [what, spoil] of [
      ['gone', (original: string) => rm(original)],
      ['edited', (original: string) => appendFile(original, ' and stars')],
    ] as const) {
      it(`may be a copy of what the user wrote, which is ${what} by now: the last of these words stays, with its image`, async () => {
        await run.put('Inbox/a.jpg', 'one');
        await run.put('Inbox/a.jpg.xmp', 'mine');
        await run.sort('Inbox/a.jpg', { transfer: 'copy' });
        await spoil(run.path('Inbox/a.jpg.xmp'));
        const before = await run.tree();
        assert.deepEqual(await undone(), ['last-copy: Sorted/Cats/a.jpg.xmp']);
        assert.deepEqual(await run.tree(), before);
      });
    }

    it('may be a copy of what the run wrote, which the user has removed: it goes with its image', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg', { sidecar: 'tags', transfer: 'copy' });
      await rm(run.path('Inbox/a.jpg.xmp'));
      assert.deepEqual(await undone(), ['undone']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one' });
    });

    it('may be a copy of which an old manifest knows nothing, and whose original is gone: it stays, with its image', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg', { sidecar: 'tags', transfer: 'copy', legacy: true });
      await rm(run.path('Inbox/a.jpg.xmp'));
      const before = await run.tree();
      assert.deepEqual(await undone(), ['changed: Sorted/Cats/a.jpg.xmp']);
      assert.deepEqual(await run.tree(), before);
    });

    it('may be one of which an old manifest does not tell what it said before: it stays, and that is told', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg', { sidecar: 'tags', transfer: 'copy', legacy: true });
      const note = `${run.path('Inbox/a.jpg.xmp')} was written by the run and stays: what it said before is not known`;
      assert.deepEqual(await undone(), ['undone', note]);
      assert.deepEqual(await undone(), ['as-before']);
    });

    it('may be one of which an old manifest tells, and that is gone: nothing is to be told of it', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg', { sidecar: 'tags', transfer: 'copy', legacy: true });
      for (const path of ['Inbox', 'Sorted/Cats']) await rm(run.path(path, 'a.jpg.xmp'));
      assert.deepEqual(await undone(), ['undone']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one' });
    });
  });

  describe('at the old name', () => {
    it('may be another image: the first free name is taken, and told', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg', { sidecar: 'tags' });
      await run.put('Inbox/a.jpg', 'another');
      const [was, is] = [run.path('Inbox/a.jpg'), run.path('Inbox/a (2).jpg')];
      assert.deepEqual(await undone(), ['undone', `${was} is taken; it comes back as ${is}`]);
      assert.deepEqual(await run.tree(), { 'Inbox/a (2).jpg': 'one', 'Inbox/a.jpg': 'another' });
    });

    for (const [what, put] of [
      ['a folder', (path: string) => mkdir(path)],
      ['a link that leads nowhere', (path: string) => symlink(run.path('nowhere'), path)],
      ['a link to an image of the same bytes', (path: string) => symlink(run.path('Sorted/Cats/a.jpg'), path)],
    ] as const) {
      for (const name of ['a.jpg', 'a.jpg.xmp'])
        it(`may be ${what}, at that of ${name}: it stays, and the next free name is taken`, async () => {
          await run.put('Inbox/a.jpg', 'one');
          await run.put('Inbox/a.jpg.xmp', 'mine');
          await run.sort('Inbox/a.jpg');
          await put(run.path('Inbox', name));
          assert.equal((await undone())[0], 'undone');
          assert.deepEqual(await run.tree(), { 'Inbox/a (2).jpg': 'one', 'Inbox/a (2).jpg.xmp': 'mine' });
          assert.ok(await lstat(run.path('Inbox', name)));
        });
    }

    it('may be a file that can’t be read: the image stays, and it is said which', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg');
      const secret = await run.put('Inbox/a.jpg', 'another');
      const files = Object.assign(new NodeFiles(), {
        hash: (path: string, signal: AbortSignal) =>
          path === secret
            ? Promise.reject(new ImageError('unreadable', 'no permission'))
            : run.files.hash(path, signal),
      });
      assert.deepEqual(said(await run.undo(undefined, files)), ['unreadable: Inbox/a.jpg']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'another', 'Sorted/Cats/a.jpg': 'one' });
    });

    it('may be a folder, and the image is gone: that is what is said', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await rm(await run.sort('Inbox/a.jpg'));
      await mkdir(run.path('Inbox/a.jpg'));
      assert.deepEqual(await undone(), ['missing: Sorted/Cats/a.jpg']);
    });

    it('may be another image, and the sidecar at the next name already, where an undo without a journal has put it', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      await run.sort('Inbox/a.jpg');
      await run.put('Inbox/a.jpg', 'another');
      await run.put('Inbox/a (2).jpg.xmp', 'mine');
      await undone();
      assert.deepEqual(await run.tree(), {
        'Inbox/a (2).jpg': 'one',
        'Inbox/a (2).jpg.xmp': 'mine',
        'Inbox/a.jpg': 'another',
      });
    });

    it('may be another image, and at the next name one of the same bytes: both stay', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg');
      await run.put('Inbox/a.jpg', 'another');
      await run.put('Inbox/a (2).jpg', 'one');
      await undone();
      assert.deepEqual(await run.tree(), {
        'Inbox/a (2).jpg': 'one',
        'Inbox/a (3).jpg': 'one',
        'Inbox/a.jpg': 'another',
      });
    });

    it('may be the sidecar as it was before the run, which is no reason for another name', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' });
      await run.put('Inbox/a.jpg.xmp', 'mine');
      assert.deepEqual(await undone(), ['undone']);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' });
    });

    it('may be a foreign sidecar beside the image that the user has brought back: both sidecars stay', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      await rename(await run.sort('Inbox/a.jpg'), run.path('Inbox/a.jpg'));
      await run.put('Inbox/a.jpg.xmp', 'stars');
      const before = await run.tree();
      assert.deepEqual(await undone(), ['occupied: Inbox/a.jpg.xmp']);
      assert.deepEqual(await run.tree(), before);
    });

    for (const place of ['Inbox/other.xmp', 'Inbox/sub/a.jpg.xmp']) {
      it(`may be another image, when a sidecar can’t take its next name along: ${place}`, async () => {
        const sidecar = await run.put('Sorted/Cats/a.jpg.xmp', 'mine');
        const image = await run.put('Sorted/Cats/a.jpg', 'one');
        await run.put('Inbox/a.jpg', 'another');
        const source = run.path('Inbox/a.jpg');
        run.images.push({
          source,
          sha256: hashOf('one'),
          operations: [
            { at, op: 'move', from: run.path(place), to: sidecar, sha256: hashOf('mine') },
            { at, op: 'move', from: source, to: image, sha256: hashOf('one') },
          ],
        });
        const before = await run.tree();
        assert.deepEqual(await undone(), ['occupied: Inbox/a.jpg']);
        assert.deepEqual(await run.tree(), before);
      });
    }
  });
});
