import assert from 'node:assert/strict';
import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { NodeManifests } from '../../../src/adapters/files/nodeManifests.ts';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { Journal } from '../../../src/core/journal/journal.ts';
import { replay } from '../../../src/core/journal/replay.ts';
import { FatalError, ImageError } from '../../../src/core/model/failure.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { UndoFiles } from '../../../src/core/ports/files.ts';
import { LockHeld } from '../../../src/core/ports/journalFile.ts';
import { ManifestInvalid } from '../../../src/core/undo/runManifest.ts';
import { RunUndo, type RunUndoParts } from '../../../src/core/undo/runUndo.ts';
import { collect } from '../../adapters/support/collect.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { SimulatedClock } from '../../adapters/support/simulatedClock.ts';
import { AT, moved, started, storyOf, type Story } from '../journal/story.ts';
import { dyingFiles, Killed } from './dyingFiles.ts';
import { hashOf, SmallRun } from './smallRun.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const never = new AbortController().signal;

describe('undoing a run by its manifest', () => {
  let run: SmallRun;
  let working: string;
  let locks: NodeRunLocks;
  beforeEach(async () => {
    run = await SmallRun.make();
    working = run.path('.image-inbox');
    await mkdir(run.path('.image-inbox/undo'), { recursive: true });
    await mkdir(run.path('Sorted'));
    locks = new NodeRunLocks(working);
  });
  afterEach(() => run.remove());

  const openStore = (): Promise<SqljsStore> =>
    SqljsStore.open({ file: run.path('.image-inbox/image-inbox.db'), wasm, log: new CollectedLog() });
  const partsOf = (files: UndoFiles = run.files): RunUndoParts => ({
    files,
    clock: new SimulatedClock(Date.parse('2026-02-01T00:00:00Z')),
    manifests: new NodeManifests(run.path('Sorted')),
    locks,
    journals: new NodeJournalFolder(working),
    undoJournals: new NodeJournalFolder(run.path('.image-inbox/undo')),
    openStore,
  });
  const undoing = (files: UndoFiles = run.files, more: Partial<RunUndoParts> = {}): RunUndo =>
    new RunUndo({ ...partsOf(files), ...more });
  /** The manifest of what was sorted so far, as that of the n-th run. */
  const manifest = async (n = 1): Promise<string> => {
    const path = run.path('Sorted', `manifest_20260101_00000${n}.json`);
    await writeFile(path, run.manifest());
    run.images.length = 0;
    return path;
  };
  const sortedPaths = async (): Promise<readonly string[]> => {
    const store = await openStore();
    try {
      return [...store.sortedPaths()].sort();
    } finally {
      store.close();
    }
  };
  /** Puts into the database what was sorted. */
  const remember = async (...sorted: readonly (readonly [content: string, source: string, path: string])[]) => {
    const store = await openStore();
    for (const [content, source, path] of sorted)
      store.rememberSorted({ sha256: hashOf(content), source: run.path(source), path, at: 1 });
    await store.checkpoint(store.position);
    store.close();
  };
  const journal = async (...events: readonly JournalEvent[]): Promise<void> => {
    const file = new Journal(await new NodeJournalFolder(working).create([]));
    for (const event of events) await file.append(event);
    await file.close();
  };
  /** Ids of the images that the next run would go on with. */
  const open = async (): Promise<readonly ImageId[]> => {
    const file = await new NodeJournalFolder(working).openLatest();
    assert.ok(file);
    const reopened = new Journal(file);
    try {
      return [...((await replay(reopened))?.open.keys() ?? [])];
    } finally {
      await reopened.close();
    }
  };
  /** What the next run would say of the images that it does not go on with. */
  const fates = async (): Promise<readonly string[]> => {
    const file = await new NodeJournalFolder(working).openLatest();
    assert.ok(file);
    const lines = (await collect(file.lines())).map(({ text }) => JSON.parse(text) as JournalEvent);
    await file.close();
    return lines.flatMap((event) => (event.kind === 'image-settled' ? [event.fate] : []));
  };
  /** A story of an image that was moved to the sorted folder and then failed at the NAS. */
  const failedAtNas = (
    name: string,
    content = name,
  ): { readonly story: Story; readonly events: readonly JournalEvent[] } => {
    const story = storyOf(content);
    const image = { ...story.image, path: run.path('Inbox', name) };
    const error = { reason: 'nas-unreachable', message: 'gone', attempts: 1 } as const;
    return {
      story,
      events: [
        { kind: 'image-found', image },
        story.scanned,
        story.operated(moved(image.path, run.path('Sorted/Cats', name))),
        story.ended('sync', { kind: 'failed', error }),
        story.settled('failed'),
      ],
    };
  };

  it('puts the images back and forgets where they were sorted to, those alone that are back', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    await run.put('Inbox/c.jpg', 'three');
    const a = await run.sort('Inbox/a.jpg', { sidecar: 'tags' });
    const b = await run.sort('Inbox/b.jpg');
    const c = await run.sort('Inbox/c.jpg');
    await remember(['one', 'Inbox/a.jpg', a], ['two', 'Inbox/b.jpg', b], ['three', 'Inbox/c.jpg', c]);
    await appendFile(b, ' edited');
    const undo = undoing();
    const plan = await undo.plan(await manifest());
    const seen: string[] = [];
    const report = await undo.undo(plan, never, (source, { kind }) => seen.push(`${kind} ${source}`));
    const [was, stays, too] = ['a', 'b', 'c'].map((name) => run.path('Inbox', `${name}.jpg`));
    assert.deepEqual(seen, [`undone ${too}`, `left ${stays}`, `undone ${was}`]);
    assert.deepEqual(report.images.map(({ result }) => result.kind), ['undone', 'left', 'undone']); // prettier-ignore
    assert.deepEqual(await sortedPaths(), [b]);
    assert.equal(await locks.holder(), undefined);
  });

  it('forgets also what the user has put back', async () => {
    await run.put('Inbox/a.jpg', 'one');
    const a = await run.sort('Inbox/a.jpg');
    await remember(['one', 'Inbox/a.jpg', a]);
    await run.undo();
    const undo = undoing();
    await undo.undo(await undo.plan(await manifest()), never);
    assert.deepEqual(await sortedPaths(), []);
  });

  it('does not open the database where nothing is back', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await appendFile(await run.sort('Inbox/a.jpg'), ' edited');
    const openBroken = () => Promise.reject(new FatalError('database-broken', 'The database is broken.'));
    const undo = undoing(run.files, { openStore: openBroken });
    const report = await undo.undo(await undo.plan(await manifest()), never);
    assert.deepEqual(report.images.map(({ result }) => result.kind), ['left']); // prettier-ignore
  });

  it('forgets what is back when it ends early, and lets the lock go', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    const a = await run.sort('Inbox/a.jpg');
    const b = await run.sort('Inbox/b.jpg');
    await remember(['one', 'Inbox/a.jpg', a], ['two', 'Inbox/b.jpg', b]);
    const undo = undoing();
    const stop = new AbortController();
    const plan = await undo.plan(await manifest());
    await assert.rejects(
      undo.undo(plan, stop.signal, () => stop.abort(new Error('stopped'))),
      /stopped/,
    );
    assert.deepEqual(await sortedPaths(), [a]);
    assert.equal(await locks.holder(), undefined);
  });

  it('waits for no run that is going on, and touches nothing then', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.sort('Inbox/a.jpg');
    const undo = undoing();
    const plan = await undo.plan(await manifest());
    const before = await run.tree();
    const lock = await locks.acquire('process');
    await assert.rejects(undo.undo(plan, never), LockHeld);
    await lock.release();
    assert.deepEqual(await run.tree(), before);
  });

  it('holds the lock while it is on, so that others can say what is going on', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.sort('Inbox/a.jpg');
    const held: string[] = [];
    const files = Object.assign(new NodeFiles(), {
      move: async (...all: Parameters<UndoFiles['move']>) => {
        held.push((await locks.holder())?.message ?? 'nobody');
        await run.files.move(...all);
      },
    });
    const undo = undoing(files);
    await undo.undo(await undo.plan(await manifest()), never);
    assert.equal(held.length, 1);
    assert.match(held[0] ?? '', /^Another run \(undo, /);
  });

  it('can be looked at without the lock', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.sort('Inbox/a.jpg');
    const undo = undoing();
    const plan = await undo.plan(await manifest());
    const lock = await locks.acquire('process');
    const findings = await collect(undo.preview(plan, never));
    await lock.release();
    assert.deepEqual(findings.map(({ source, finding }) => [source, finding.kind]), [[run.path('Inbox/a.jpg'), 'possible']]); // prettier-ignore
  });

  it('has the next run leave alone what is back: images that had failed at the NAS are none that are left to do', async () => {
    for (const name of ['a.jpg', 'b.jpg']) await run.put(`Inbox/${name}`, name);
    const [a, b] = [failedAtNas('a.jpg'), failedAtNas('b.jpg')];
    await run.sort('Inbox/a.jpg');
    await appendFile(await run.sort('Inbox/b.jpg'), ' edited');
    await journal(started, ...a.events, ...b.events);
    assert.deepEqual(await open(), [a.story.id, b.story.id]);
    const undo = undoing();
    await undo.undo(await undo.plan(await manifest()), never);
    assert.deepEqual(await open(), [b.story.id]);
    assert.deepEqual(await fates(), ['failed', 'failed', 'skipped']);
  });

  it('leaves alone what a later run has to do with the same image, which that has copied elsewhere', async () => {
    await run.put('Inbox/a.jpg', 'a.jpg');
    await run.sort('Inbox/a.jpg', { transfer: 'copy', sidecar: 'tags' });
    const first = await manifest(1);
    const later = await run.sort('Inbox/a.jpg', { transfer: 'copy', category: 'Dogs' });
    const { story, events } = failedAtNas('a.jpg');
    const [from, to] = [run.path('Inbox/a.jpg.xmp'), `${later}.xmp`];
    await journal(
      started,
      ...events.slice(0, 2),
      story.operated(
        { at: AT, op: 'write', to: from, sha256: hashOf('tags') },
        { at: AT, op: 'copy', from, to, sha256: hashOf('tags') },
        { at: AT, op: 'copy', from: run.path('Inbox/a.jpg'), to: later, sha256: story.sha256 },
      ),
      ...events.slice(3),
    );
    const undo = undoing();
    const { images } = await undo.undo(await undo.plan(first), never);
    assert.deepEqual([images[0]?.result.kind, await open()], ['undone', [story.id]]);
  });

  it('leaves alone what the next run has to do with another image of the same name, which is not back', async () => {
    const [first, second] = [failedAtNas('a.jpg'), failedAtNas('a.jpg', 'another')];
    await run.put('Inbox/a.jpg', 'a.jpg');
    await run.sort('Inbox/a.jpg');
    await run.put('Inbox/a.jpg', 'another');
    await appendFile(await run.sort('Inbox/a.jpg'), ' edited');
    await journal(started, ...first.events, ...second.events);
    const undo = undoing();
    await undo.undo(await undo.plan(await manifest()), never);
    assert.deepEqual(await open(), [second.story.id]);
  });

  describe('which was cut off', () => {
    let a: string;
    let path: string;
    /** Another image of the run, whose undo finishes that of `a.jpg`. */
    const undoOther = async (undo = undoing()): Promise<unknown> =>
      undo.undo(await undo.plan(path, [run.path('Inbox/b.jpg')]), never);
    const sortBoth = async (): Promise<void> => {
      for (const name of ['b.jpg', 'a.jpg']) await run.put(`Inbox/${name}`, name);
      await run.sort('Inbox/b.jpg');
      a = await run.sort('Inbox/a.jpg');
      await remember(['a.jpg', 'Inbox/a.jpg', a]);
      path = await manifest();
    };
    /** @param kill as of `dyingFiles`: the changes are the folder and the image */
    const cutOff = async (kill: number, after: boolean): Promise<void> => {
      await sortBoth();
      const undo = undoing(dyingFiles(run.files, kill, after));
      await assert.rejects(undo.undo(await undo.plan(path), never), Killed);
    };
    /** A process that ends before it comes to the database. */
    const withoutStore = (): RunUndo => undoing(run.files, { openStore: () => Promise.reject(new Error('killed')) });
    const undoUntold = async (): Promise<void> => {
      await sortBoth();
      const undo = withoutStore();
      await assert.rejects(undo.undo(await undo.plan(path, [run.path('Inbox/a.jpg')]), never), /killed/);
    };

    it('forgets where the image was sorted to when the next one, of another image, finishes it', async () => {
      const { story, events } = failedAtNas('a.jpg');
      await journal(started, ...events);
      await cutOff(1, true);
      assert.deepEqual([await sortedPaths(), await open()], [[a], [story.id]]);
      await undoOther();
      assert.deepEqual([await sortedPaths(), await open()], [[], []]);
    });

    it('forgets it also where the image was done, and the kill came before the database was told', async () => {
      await cutOff(0, false);
      const undo = withoutStore();
      await assert.rejects(undo.undo(await undo.plan(path, [run.path('Inbox/a.jpg')]), never), /killed/);
      assert.deepEqual(await sortedPaths(), [a]);
      await undoOther();
      assert.deepEqual(await sortedPaths(), []);
    });

    it('forgets it also where that was all that was cut off', async () => {
      await undoUntold();
      assert.deepEqual(await sortedPaths(), [a]);
      await undoOther();
      assert.deepEqual(await sortedPaths(), []);
    });

    it('does not forget an image that could not be put back, and was edited where it is', async () => {
      await sortBoth();
      const files = Object.assign(new NodeFiles(), {
        move: () => Promise.reject(new ImageError('not-writable', 'Inbox can’t be written to.')),
      });
      const stop = new AbortController();
      const undo = undoing(files);
      const plan = await undo.plan(path);
      await assert.rejects(
        undo.undo(plan, stop.signal, () => stop.abort(new Error('stopped'))),
        /stopped/,
      );
      await appendFile(a, ' edited');
      await undoOther();
      assert.deepEqual(await sortedPaths(), [a]);
    });

    it('does not forget an image of which can’t be told whether it is still back, and goes on', async () => {
      await undoUntold();
      await mkdir(a);
      await undoOther();
      assert.deepEqual(await sortedPaths(), [a]);
      const { 'Inbox/a.jpg': one, 'Inbox/b.jpg': other } = await run.tree();
      assert.deepEqual([one, other], ['a.jpg', 'b.jpg']);
    });

    it('forgets it even when one that is part of a run has finished it, and many are cut off in a row', async () => {
      await cutOff(1, true);
      await run.undoer().undo({ ...(await undoing().plan(path)), units: [] }, never);
      await assert.rejects(undoOther(withoutStore()), /killed/);
      await undoOther();
      assert.deepEqual(await sortedPaths(), []);
    });

    it('does not forget an image that was sorted once more since', async () => {
      await cutOff(1, true);
      await rename(run.path('Inbox/a.jpg'), a);
      // to finish it would move it back: the line that it is done had got to the disk
      const folder = new NodeJournalFolder(run.path('.image-inbox/undo'));
      const file = await folder.openLatest();
      assert.ok(file);
      await file.append(JSON.stringify({ kind: 'ended', unit: `${hashOf('a.jpg')} ${run.path('Inbox/a.jpg')}`, back: true }), true); // prettier-ignore
      await file.close();
      await undoOther();
      assert.deepEqual(await sortedPaths(), [a]);
    });

    it('leaves an image alone that was sorted elsewhere since', async () => {
      await cutOff(1, true);
      const folder = new NodeJournalFolder(run.path('.image-inbox/undo'));
      const file = await folder.openLatest();
      assert.ok(file);
      await file.append(JSON.stringify({ kind: 'ended', unit: `${hashOf('a.jpg')} ${run.path('Inbox/a.jpg')}`, back: true }), true); // prettier-ignore
      await file.close();
      // the next run sorts it to Dogs, and the NAS fails
      const to = await run.sort('Inbox/a.jpg', { category: 'Dogs' });
      const story = storyOf('a.jpg');
      const image = { ...story.image, path: run.path('Inbox/a.jpg') };
      const error = { reason: 'nas-unreachable', message: 'gone', attempts: 1 } as const;
      await journal(
        started,
        { kind: 'image-found', image },
        story.scanned,
        story.operated(moved(image.path, to)),
        story.ended('sync', { kind: 'failed', error }),
        story.settled('failed'),
      );
      assert.deepEqual(await open(), [story.id]);
      await undoOther();
      assert.deepEqual(await open(), [story.id]);
    });

    it('is not told of again once the database knows', async () => {
      await cutOff(1, true);
      await undoOther();
      let opened = 0;
      const counting = undoing(run.files, {
        openStore: () => {
          opened++;
          return openStore();
        },
      });
      await counting.undo({ ...(await counting.plan(path)), units: [] }, never);
      assert.equal(opened, 0);
    });
  });

  it('tells of what has failed first, when the database can’t be opened either', async () => {
    await run.put('Inbox/a.jpg', 'one');
    await run.put('Inbox/b.jpg', 'two');
    await run.sort('Inbox/a.jpg');
    await run.sort('Inbox/b.jpg');
    const openBroken = () => Promise.reject(new FatalError('database-broken', 'The database is broken.'));
    const undo = undoing(run.files, { openStore: openBroken });
    const stop = new AbortController();
    const plan = await undo.plan(await manifest());
    await assert.rejects(
      undo.undo(plan, stop.signal, () => stop.abort(new Error('stopped'))),
      /stopped/,
    );
    assert.equal(await locks.holder(), undefined);
  });

  it('leaves to the next run what a kill has cut off in the middle, and what was not touched yet', async () => {
    const [a, b] = [failedAtNas('a.jpg'), failedAtNas('b.jpg')];
    for (const name of ['a.jpg', 'b.jpg']) await run.put(`Inbox/${name}`, name);
    await run.sort('Inbox/a.jpg');
    await run.sort('Inbox/b.jpg');
    const more = moved(run.path('Sorted/Cats/a.jpg'), run.path('Sorted/Dogs/a.jpg'));
    const untouched = b.events.filter(({ kind }) => kind !== 'operated');
    const found = storyOf('c.jpg');
    await journal(started, ...a.events.slice(0, 3), a.story.intended(more), ...untouched, found.found);
    const undo = undoing();
    await undo.undo(await undo.plan(await manifest()), never);
    assert.deepEqual(await open(), [a.story.id, b.story.id, found.id]);
  });

  it('forgets what is back also where the last run has not written down anything yet', async () => {
    await run.put('Inbox/a.jpg', 'one');
    const a = await run.sort('Inbox/a.jpg');
    await remember(['one', 'Inbox/a.jpg', a]);
    await journal();
    const undo = undoing();
    await undo.undo(await undo.plan(await manifest()), never);
    assert.deepEqual(await sortedPaths(), []);
  });

  it('gives the database what a killed run did not save, before it takes away what is back', async () => {
    const { story, events } = failedAtNas('a.jpg');
    await run.put('Inbox/a.jpg', 'a.jpg');
    const a = await run.sort('Inbox/a.jpg');
    const result = { final: 'Cats', suggested: 'Cats', learned: false, because: 'a rule', destination: a } as const;
    await journal(
      started,
      ...events.slice(0, 3),
      story.ended('categorize', { kind: 'done', result }),
      ...events.slice(3),
    );
    const undo = undoing();
    await undo.undo(await undo.plan(await manifest()), never);
    assert.deepEqual(await sortedPaths(), []);
    const store = await openStore();
    const file = await new NodeJournalFolder(working).openLatest();
    assert.ok(file);
    assert.deepEqual(store.position, { journal: file.number, offset: file.offset });
    store.close();
    await file.close();
  });

  it('says when the manifest is not there', async () => {
    const isMissing = (error: unknown): boolean => error instanceof ManifestInvalid && error.reason === 'missing';
    await assert.rejects(undoing().plan(run.path('Sorted/none.json')), isMissing);
    assert.equal(await undoing().lastManifest(), undefined);
  });

  describe('finds the runs that moved what is selected', () => {
    it('by the last one for an image, and all of them for a folder, the newest first', async () => {
      await run.put('Inbox/a.jpg', 'one');
      const first = await run.sort('Inbox/a.jpg');
      const one = await manifest(1);
      await run.put('Inbox/b.jpg', 'two');
      await run.sort('Inbox/b.jpg');
      const two = await manifest(2);
      await run.put('Inbox/a.jpg', 'one');
      const last = await run.sort('Inbox/a.jpg');
      const three = await manifest(3);
      const undo = undoing();
      assert.equal(await undo.lastManifest(), three);
      assert.deepEqual(await undo.manifestsOf([run.path('Inbox/a.jpg')]), [three]);
      assert.deepEqual(await undo.manifestsOf([last]), [three]);
      assert.deepEqual(await undo.manifestsOf([first]), [one]);
      assert.deepEqual(await undo.manifestsOf([run.path('Inbox')]), [three, two, one]);
      assert.deepEqual(await undo.manifestsOf([last, run.path('Inbox/b.jpg')]), [three, two]);
      assert.deepEqual(await undo.manifestsOf([run.path('Inbox/c.jpg')]), []);
      assert.deepEqual(await undo.manifestsOf([]), []);
    });

    it('by the last one where two have put an image to one place', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await rm(await run.sort('Inbox/a.jpg'));
      await manifest(1);
      await run.put('Inbox/sub/a.jpg', 'two');
      const place = await run.sort('Inbox/sub/a.jpg');
      const two = await manifest(2);
      assert.deepEqual(await undoing().manifestsOf([place]), [two]);
    });

    it('past manifests that can’t be read', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg');
      const one = await manifest(1);
      await writeFile(run.path('Sorted/manifest_20260101_000002.json'), 'torn');
      await mkdir(run.path('Sorted/manifest_20260101_000003.json'));
      assert.deepEqual(await undoing().manifestsOf([run.path('Inbox')]), [one]);
    });

    it('and says so when the disk is broken, instead of passing over the run', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg');
      await manifest();
      const manifests = new NodeManifests(run.path('Sorted'));
      manifests.read = () => Promise.reject(new FatalError('not-writable', 'The disk is broken.'));
      const undo = undoing(run.files, { manifests });
      await assert.rejects(undo.manifestsOf([run.path('Inbox')]), FatalError);
    });

    it('also where it may not be undone, so that this can be told', async () => {
      await run.put('Inbox/a.jpg', 'one');
      await run.sort('Inbox/a.jpg');
      run.images.push({ source: '/etc/x.jpg', operations: [{ at: '2026-01-01T00:00:00.000Z', op: 'move', from: '/etc/x.jpg', to: '/etc/y.jpg' }] }); // prettier-ignore
      const one = await manifest(1);
      assert.deepEqual(await undoing().manifestsOf(['/etc/x.jpg']), [one]);
      assert.deepEqual(await undoing().manifestsOf(['/etc/x.jpg', run.path('Inbox')]), [one]);
    });
  });
});
