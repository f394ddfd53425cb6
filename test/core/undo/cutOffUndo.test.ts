import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import type { UndoFiles } from '../../../src/core/ports/files.ts';
import { planUndo, type UndoPlan } from '../../../src/core/undo/planUndo.ts';
import { readManifest } from '../../../src/core/undo/runManifest.ts';
import type { UndoReport } from '../../../src/core/undo/undoer.ts';
import { dyingFiles, Killed } from './dyingFiles.ts';
import { hashOf, SmallRun } from './smallRun.ts';

const never = new AbortController().signal;

/** Real files, one call of which goes otherwise. */
const filesThat = (other: Partial<UndoFiles>): UndoFiles => Object.assign(new NodeFiles(), other);

describe('an undo that did not get to its end', () => {
  let run: SmallRun;
  beforeEach(async () => {
    run = await SmallRun.make();
  });
  afterEach(() => run.remove());

  const plan = (): UndoPlan => planUndo(readManifest(run.manifest()));
  /** Puts nothing back itself: all that it does is to finish. */
  const next = (files?: UndoFiles): Promise<UndoReport> => run.undo([run.path('Inbox/no such image.jpg')], files);
  const journalLines = async (): Promise<readonly Record<string, unknown>[]> => {
    const journal = await new NodeJournalFolder(run.path('.image-inbox/undo')).openLatest();
    assert.ok(journal);
    const lines = [];
    for await (const { text } of journal.lines()) lines.push(JSON.parse(text) as Record<string, unknown>);
    await journal.close();
    return lines;
  };

  it('is finished by the next one, whatever that is asked for', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/a.jpg.xmp', 'mine');
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/b.jpg');
    await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' });
    await assert.rejects(run.undo(undefined, dyingFiles(run.files, 3, false)), Killed);
    assert.equal((await next()).finished, 1);
    assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine', 'Sorted/Cats/b.jpg': 'two' });
    assert.equal((await next()).finished, 0);
  });

  it('is finished where the image was moved already, and its sidecar is there twice', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/a.jpg.xmp', 'mine');
    await run.sort('Inbox/a.jpg');
    await assert.rejects(run.undo(undefined, dyingFiles(run.files, 4, false)), Killed);
    assert.deepEqual(Object.keys(await run.tree()), ['Inbox/a.jpg', 'Inbox/a.jpg.xmp', 'Sorted/Cats/a.jpg.xmp']);
    await next();
    assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' });
  });

  it('is not finished where somebody has changed the image in between: it stays with its sidecar', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/a.jpg.xmp', 'mine');
    const a = await run.sort('Inbox/a.jpg');
    // the changes are: folder, sidecar, folder, image
    await assert.rejects(run.undo(undefined, dyingFiles(run.files, 2, false)), Killed);
    await appendFile(a, ' edited');
    assert.equal((await next()).finished, 1);
    assert.deepEqual(await run.tree(), { 'Sorted/Cats/a.jpg': 'one edited', 'Sorted/Cats/a.jpg.xmp': 'mine' });
    assert.equal((await next()).finished, 0);
  });

  for (const [what, sidecar] of [
    ['as the run had moved it', undefined],
    ['as it was before the run', 'mine and tags'],
  ] as const) {
    describe(`but for its last line, with the sidecar back ${what}`, () => {
      const both = { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' };
      beforeEach(async () => {
        await run.put('Inbox/a.jpg', 'one');
        await run.put('Inbox/a.jpg.xmp', 'mine');
        await run.sort('Inbox/a.jpg', sidecar === undefined ? {} : { sidecar });
        // the changes are: folder, sidecar, folder, image, old sidecar
        await assert.rejects(run.undo(undefined, dyingFiles(run.files, 4, true)), Killed);
        assert.deepEqual(await run.tree(), both);
      });

      it('does not cost the sidecar when the image was edited since', async () => {
        await appendFile(run.path('Inbox/a.jpg'), ' edited');
        await next();
        assert.deepEqual(await run.tree(), { ...both, 'Inbox/a.jpg': 'one edited' });
      });

      it('does not cost the sidecar when the image was moved away since', async () => {
        await rename(run.path('Inbox/a.jpg'), run.path('Inbox/b.jpg'));
        await next();
        assert.deepEqual(await run.tree(), { 'Inbox/a.jpg.xmp': 'mine', 'Inbox/b.jpg': 'one' });
      });

      it('does not cost the sidecar when another image is in the sorted folder since', async () => {
        await run.put('Sorted/Cats/a.jpg', 'another');
        await run.put('Sorted/Cats/a.jpg.xmp', 'its own');
        await next();
        assert.deepEqual(await run.tree(), { ...both, 'Sorted/Cats/a.jpg': 'another', 'Sorted/Cats/a.jpg.xmp': 'its own' }); // prettier-ignore
      });
    });
  }

  it('does not cost what a sidecar said before the run where that was all there was of it, and the image can’t follow', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/a.jpg.xmp', 'mine');
    const a = await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' });
    await rm(`${a}.xmp`);
    // the changes are: folder, sidecar, folder, image
    await assert.rejects(run.undo(undefined, dyingFiles(run.files, 1, true)), Killed);
    await appendFile(a, ' edited');
    assert.equal((await next()).unfinished.length, 1);
    assert.deepEqual(await run.tree(), { 'Inbox/a.jpg.xmp': 'mine', 'Sorted/Cats/a.jpg': 'one edited' });
  });

  it('leaves the sidecar with the image where that had moved, and was edited since', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/a.jpg.xmp', 'mine');
    await run.sort('Inbox/a.jpg', { sidecar: 'mine and tags' });
    await assert.rejects(run.undo(undefined, dyingFiles(run.files, 3, true)), Killed);
    await appendFile(run.path('Inbox/a.jpg'), ' edited');
    await next();
    assert.deepEqual(await run.tree(), {
      'Inbox/a.jpg': 'one edited',
      'Inbox/a.jpg.xmp': 'mine',
      'Sorted/Cats/a.jpg.xmp': 'mine and tags',
    });
  });

  describe('before it removed a copy', () => {
    const cutOff = async (): Promise<string> => {
      await run.put('Inbox/a.jpg', 'one');
      const a = await run.sort('Inbox/a.jpg', { transfer: 'copy' });
      await assert.rejects(run.undo(undefined, dyingFiles(run.files, 0, false)), Killed);
      return a;
    };

    it('removes it when it is finished', async () => {
      await cutOff();
      assert.deepEqual((await next()).unfinished, []);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one' });
    });

    for (const [what, spoil] of [
      ['gone', (original: string) => rm(original)],
      ['edited', (original: string) => appendFile(original, ' edited')],
    ] as const) {
      it(`leaves it, and says so, when the original is ${what} by then: these are the last of its bytes`, async () => {
        const [a, original] = [await cutOff(), run.path('Inbox/a.jpg')];
        await spoil(original);
        const before = await run.tree();
        const { unfinished } = await next();
        assert.deepEqual(unfinished, [`${a} stays: what it is a copy of, ${original}, is gone or was changed.`]);
        assert.deepEqual(await run.tree(), before);
        assert.equal((await next()).finished, 0);
      });
    }

    it('leaves a copied sidecar whose original is gone by then', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.put('Inbox/a.jpg.xmp', 'mine');
      await run.sort('Inbox/a.jpg', { transfer: 'copy' });
      await assert.rejects(run.undo(undefined, dyingFiles(run.files, 0, true)), Killed);
      await rm(run.path('Inbox/a.jpg.xmp'));
      assert.equal((await next()).unfinished.length, 1);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Sorted/Cats/a.jpg.xmp': 'mine' });
    });

    it('leaves the last copy also when its user had stopped it', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg', { transfer: 'copy' });
      await mkdir(run.path('.image-inbox/undo'), { recursive: true });
      const stop = new AbortController();
      const journals = new NodeJournalFolder(run.path('.image-inbox/undo'));
      const create = journals.create.bind(journals);
      journals.create = async (first) => {
        const journal = await create(first);
        const append = journal.append.bind(journal);
        journal.append = async (...all) => {
          await append(...all);
          stop.abort(new Killed());
        };
        return journal;
      };
      await assert.rejects(run.undoer(run.files, journals).undo(plan(), stop.signal), Killed);
      await rm(run.path('Inbox/a.jpg'));
      await next();
      assert.deepEqual(await run.tree(), { 'Sorted/Cats/a.jpg': 'one' });
    });

    it('finds a copy that was removed by then to be done, whatever became of the original', async () => {
      await rm(await cutOff());
      await appendFile(run.path('Inbox/a.jpg'), ' edited');
      assert.deepEqual((await next()).unfinished, []);
    });

    it('leaves what an older version was about to remove, which did not note of what it is a copy', async () => {
      const a = await cutOff();
      const old = (await journalLines()).map(({ crc: _, ...event }) => {
        const { steps } = event as { steps?: readonly object[] };
        return JSON.stringify({ ...event, ...(steps && { steps: steps.map((step) => ({ ...step, copyOf: undefined })) }) }); // prettier-ignore
      });
      await (await new NodeJournalFolder(run.path('.image-inbox/undo')).create(old)).close();
      assert.deepEqual((await next()).unfinished, [`${a} stays: of what it is a copy was not noted.`]);
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Sorted/Cats/a.jpg': 'one' });
      await run.undo();
      assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one' });
    });
  });

  it('is over for the images that were done: sorted once more, they stay sorted', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/a.jpg');
    await run.sort('Inbox/b.jpg');
    // b goes first: folder and image, and then the folder for a
    await assert.rejects(run.undo(undefined, dyingFiles(run.files, 2, false)), Killed);
    await rename(run.path('Inbox/b.jpg'), run.path('Sorted/Cats/b.jpg'));
    assert.equal((await next()).finished, 1);
    assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Sorted/Cats/b.jpg': 'two' });
  });

  it('is still to be finished after the disk was full at that', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.sort('Inbox/a.jpg');
    await assert.rejects(run.undo(undefined, dyingFiles(run.files, 1, false)), Killed);
    const full = filesThat({ move: () => Promise.reject(new FatalError('no-space', 'The disk is full.')) });
    await assert.rejects(next(full), FatalError);
    assert.equal((await next()).finished, 1);
    assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one' });
  });

  it('is left alone when a newer version has begun it', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.sort('Inbox/a.jpg');
    const before = await run.tree();
    await mkdir(run.path('.image-inbox/undo'), { recursive: true });
    const journals = new NodeJournalFolder(run.path('.image-inbox/undo'));
    await (await journals.create([JSON.stringify({ kind: 'beamed', unit: 'x' })])).close();
    const isNewer = (error: unknown): boolean => error instanceof FatalError && error.reason === 'newer-version';
    await assert.rejects(run.undo(), isNewer);
    assert.deepEqual(await run.tree(), before);
  });

  it('has its intention on the disk before it touches an image, and tells of each end', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/a.jpg');
    await run.sort('Inbox/b.jpg');
    await mkdir(run.path('.image-inbox/undo'), { recursive: true });
    const seen: string[] = [];
    const journals = new NodeJournalFolder(run.path('.image-inbox/undo'));
    const create = journals.create.bind(journals);
    journals.create = async (first) => {
      const journal = await create(first);
      const append = journal.append.bind(journal);
      journal.append = async (text, durable) => {
        await append(text, durable);
        const { kind } = JSON.parse(text) as { kind: string };
        seen.push(kind === 'ended' ? kind : `${kind}${durable ? ' on the disk' : ''}`);
      };
      return journal;
    };
    const files = filesThat({
      move: async (...all) => {
        seen.push('moved');
        await run.files.move(...all);
      },
    });
    await run.undoer(files, journals).undo(plan(), never);
    const each = ['intended on the disk', 'moved', 'ended'];
    assert.deepEqual(seen, [...each, ...each, 'undo-ended on the disk']);
    assert.deepEqual((await journalLines())[0], { kind: 'undo-started', at: '1970-01-01T00:00:00.000Z', runId: '20260101_000000_abcd' }); // prettier-ignore
  });

  it('can be stopped between two images: what is done stays done, the rest stays as it is', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/a.jpg');
    await run.sort('Inbox/b.jpg');
    await mkdir(run.path('.image-inbox/undo'), { recursive: true });
    const stop = new AbortController();
    await assert.rejects(
      run.undoer().undo(plan(), stop.signal, () => stop.abort(new Killed())),
      Killed,
    );
    assert.deepEqual(await run.tree(), { 'Inbox/b.jpg': 'two', 'Sorted/Cats/a.jpg': 'one' });
    assert.equal((await next()).finished, 0);
  });

  it('removes no folder once it was stopped', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.sort('Inbox/a.jpg');
    await mkdir(run.path('.image-inbox/undo'), { recursive: true });
    const stop = new AbortController();
    await assert.rejects(
      run.undoer().undo(plan(), stop.signal, () => stop.abort(new Killed())),
      Killed,
    );
    assert.deepEqual(await readdir(run.path('Sorted')), ['Cats']);
  });

  it('takes the sidecar back with it when it is stopped before the image has moved', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/a.jpg.xmp', 'mine');
    await run.sort('Inbox/a.jpg');
    await mkdir(run.path('.image-inbox/undo'), { recursive: true });
    const before = await run.tree();
    const stop = new AbortController();
    const files = filesThat({
      copy: async (...all) => {
        await run.files.copy(...all);
        stop.abort(new Killed());
      },
    });
    await assert.rejects(run.undoer(files).undo(plan(), stop.signal), Killed);
    assert.deepEqual(await run.tree(), before);
  });

  it('shows nothing more once its preview was stopped', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/a.jpg');
    await run.sort('Inbox/b.jpg');
    const stop = new AbortController();
    const shown: string[] = [];
    await assert.rejects(async () => {
      for await (const { source } of run.undoer().preview(plan(), stop.signal)) {
        shown.push(source);
        stop.abort(new Killed());
      }
    }, Killed);
    assert.deepEqual(shown, [run.path('Inbox/b.jpg')]);
  });
});

describe('an image that can’t be put back', () => {
  let run: SmallRun;
  beforeEach(async () => {
    run = await SmallRun.make();
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/a.jpg.xmp', 'mine');
  });
  afterEach(() => run.remove());

  const refusal = new ImageError('not-writable', 'Inbox can’t be written to.');
  const resultsOf = (report: UndoReport): readonly string[] =>
    report.images.map(({ result }) => (result.kind === 'failed' ? `${result.reason}: ${result.message}` : result.kind));

  it('is told with why, keeps its sidecar beside it, and the others go back', async () => {
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/b.jpg');
    await run.sort('Inbox/a.jpg');
    const files = filesThat({
      move: (from, to, sha256, signal) =>
        to.endsWith('a.jpg') ? Promise.reject(refusal) : run.files.move(from, to, sha256, signal),
    });
    assert.deepEqual(resultsOf(await run.undo(undefined, files)), [`not-writable: ${refusal.message}`, 'undone']);
    assert.deepEqual(await run.tree(), { 'Inbox/b.jpg': 'two', 'Sorted/Cats/a.jpg': 'one', 'Sorted/Cats/a.jpg.xmp': 'mine' }); // prettier-ignore
    const later = await run.undo();
    assert.equal(later.finished, 0);
    assert.deepEqual(resultsOf(later), ['undone', 'as-before']);
  });

  it('does not cost the sidecar that the user has put back already', async () => {
    await run.sort('Inbox/a.jpg');
    await run.put('Inbox/a.jpg.xmp', 'mine');
    const before = await run.tree();
    await run.undo(undefined, filesThat({ move: () => Promise.reject(refusal) }));
    assert.deepEqual(await run.tree(), before);
  });

  it('stays, with its sidecar, when it is changed in the very moment', async () => {
    const a = await run.sort('Inbox/a.jpg');
    const files = filesThat({
      copy: async (...all) => {
        await run.files.copy(...all);
        await appendFile(a, ' edited');
      },
    });
    assert.match(resultsOf(await run.undo(undefined, files))[0] ?? '', /^changed: .*Cats\/a\.jpg has changed since/);
    assert.deepEqual(await run.tree(), { 'Sorted/Cats/a.jpg': 'one edited', 'Sorted/Cats/a.jpg.xmp': 'mine' });
  });

  it('leaves no sidecar where it does not come, when it goes away in the very moment', async () => {
    const a = await run.sort('Inbox/a.jpg');
    const files = filesThat({
      copy: async (...all) => {
        await run.files.copy(...all);
        await rm(a);
      },
    });
    assert.match(resultsOf(await run.undo(undefined, files))[0] ?? '', /^vanished: .*Cats\/a\.jpg is no longer there/);
    assert.deepEqual(await run.tree(), { 'Sorted/Cats/a.jpg.xmp': 'mine' });
  });

  it('stays when what it is a copy of goes away in the very moment', async () => {
    const a = await run.sort('Inbox/a.jpg', { transfer: 'copy' });
    const files = filesThat({
      isOneFile: async (...both) => {
        const isOne = await run.files.isOneFile(...both);
        await rm(run.path('Inbox/a.jpg'), { force: true });
        return isOne;
      },
    });
    const [result] = resultsOf(await run.undo(undefined, files));
    assert.match(result ?? '', /^vanished: .*Cats\/a\.jpg stays/);
    assert.equal(await run.files.hash(a, never), hashOf('one'));
  });

  it('is back with its sidecar, and a sidecar changed in the very moment stays where it was', async () => {
    await run.sort('Inbox/a.jpg');
    const files = filesThat({
      removeIfSame: async (path: string, sha256: ContentHash, signal: AbortSignal) => {
        await writeFile(path, 'stars');
        return run.files.removeIfSame(path, sha256, signal);
      },
    });
    assert.match(resultsOf(await run.undo(undefined, files))[0] ?? '', /^changed: .*Cats\/a\.jpg\.xmp has changed/);
    assert.deepEqual(await run.tree(), {
      'Inbox/a.jpg': 'one',
      'Inbox/a.jpg.xmp': 'mine',
      'Sorted/Cats/a.jpg.xmp': 'stars',
    });
  });

  it('leaves the sidecar of a copy’s original that is changed in the very moment', async () => {
    await run.sort('Inbox/a.jpg', { transfer: 'copy', sidecar: 'mine and tags' });
    const files = filesThat({
      replaceIfSame: async (path, ...all) => {
        await appendFile(path, ' and stars');
        return run.files.replaceIfSame(path, ...all);
      },
    });
    assert.match(resultsOf(await run.undo(undefined, files))[0] ?? '', /^changed: .*Inbox\/a\.jpg\.xmp has changed/);
    assert.equal((await run.tree())['Inbox/a.jpg.xmp'], 'mine and tags and stars');
  });

  it('is no reason to go on when the disk is full', async () => {
    await run.sort('Inbox/a.jpg');
    const full = filesThat({ copy: () => Promise.reject(new FatalError('no-space', 'The disk is full.')) });
    await assert.rejects(run.undo(undefined, full), FatalError);
    assert.equal((await run.tree())['Sorted/Cats/a.jpg'], 'one');
  });

  it('is no reason to go on when the disk is full, and what went ahead can’t be taken away either', async () => {
    await run.sort('Inbox/a.jpg');
    const full = filesThat({
      move: () => Promise.reject(new FatalError('no-space', 'The disk is full.')),
      removeIfSame: () => Promise.reject(refusal),
    });
    await assert.rejects(run.undo(undefined, full), FatalError);
    assert.deepEqual(resultsOf(await run.undo()), ['as-before']);
    assert.deepEqual(await run.tree(), { 'Inbox/a.jpg': 'one', 'Inbox/a.jpg.xmp': 'mine' });
  });

  it('is not the fault of a folder that can’t be removed, which is not told as removed', async () => {
    await run.sort('Inbox/a.jpg');
    const report = await run.undo(undefined, filesThat({ removeFolder: () => Promise.reject(refusal) }));
    assert.deepEqual(resultsOf(report), ['undone']);
    assert.deepEqual(report.foldersRemoved, []);
    await rm(run.path('.image-inbox/undo'), { recursive: true });
    const broken = filesThat({ removeFolder: () => Promise.reject(new FatalError('not-writable', 'broken')) });
    await assert.rejects(run.undo(undefined, broken), FatalError);
  });
});
