import assert from 'node:assert/strict';
import { readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import type { Store } from '../../../src/core/ports/store.ts';
import type { DatabaseFacts } from '../../../src/core/ports/databaseProbe.ts';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeManifests } from '../../../src/adapters/files/nodeManifests.ts';
import type { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import { rebuildStore, type RebuildParts } from '../../../src/core/repair/rebuildStore.ts';
import { AT, storyOf, type Story } from '../journal/story.ts';
import { BrokenLibrary } from './brokenLibrary.ts';

describe('A database that is made again', () => {
  let library: BrokenLibrary;
  let store: SqljsStore;
  beforeEach(async () => {
    library = await BrokenLibrary.create();
    store = await library.openStore();
  });
  afterEach(async () => {
    store.close();
    await library[Symbol.asyncDispose]();
  });

  /** All that a journal tells of an image that was sorted. */
  const sortedAs = (story: Story, category: string): JournalEvent[] => {
    const move = library.sorting(story, category);
    const result = { suggested: category, learned: false, final: category, because: 'a rule', destination: move.to };
    return [
      story.found,
      story.scanned,
      story.intended(move),
      story.operated(move),
      story.ended('categorize', { kind: 'done', result }),
      story.settled('processed'),
    ];
  };
  const manifest = (name: string, runId: string, images: readonly object[]): string =>
    library.put(
      join(library.sorted, `manifest_${name}.json`),
      JSON.stringify({
        version: 1,
        runId,
        startedAt: AT,
        endedAt: AT,
        configuration: { folders: { inbox: library.inbox, sorted: library.sorted, working: library.working } },
        images: images.map((image) => ({ operations: [], ...image })),
      }),
    );
  const rebuild = (manifests: RebuildParts['manifests'] = new NodeManifests(library.sorted)) =>
    rebuildStore(store, { journals: library.journals, manifests, files: new NodeFiles() });

  it('knows what all journals tell, the damaged ones as far as they can be read', async () => {
    const [a, b, c] = [await library.image('a.png'), await library.image('b.png'), await library.image('c.png')];
    const answered: JournalEvent = { kind: 'answered', at: 1000, sha256: a.sha256, provider: 'iqdb', variant: 'v', answer: { kind: 'no-match', threshold: 80 } }; // prettier-ignore
    await library.write([library.started, answered, ...sortedAs(a, 'Cats')]);
    const lines = [library.started, ...sortedAs(b, 'Cats'), ...sortedAs(c, 'Dogs')];
    const path = await library.write(lines);
    library.lose(path, lines[3]!, c.found);
    const before = readFileSync(path);
    assert.deepEqual(await rebuild(), { journals: 2, manifests: 0 });
    assert.deepEqual(store.sortedFiles(a.sha256), [
      { sha256: a.sha256, path: join(library.sorted, 'Cats', 'a.png'), source: a.image.path, at: a.image.mtimeMs },
    ]);
    assert.equal(store.sortedFiles(b.sha256).length, 1);
    // which image that was is lost
    assert.deepEqual(store.sortedFiles(c.sha256), []);
    assert.ok(store.answer('iqdb', 'v', a.sha256, 0));
    assert.deepEqual(readFileSync(path), before);
  });

  it('tells apart what an image was in one journal from what it was in the next', async () => {
    const a = await library.image('a.png');
    const [, , , , categorized] = sortedAs(a, 'Cats');
    await library.write([library.started, a.found, a.scanned, a.operated(library.sorting(a, 'Cats'))]);
    await library.write([library.started, categorized!]);
    await rebuild();
    assert.deepEqual(store.sortedFiles(a.sha256), []);
  });

  it('learns from the manifests of runs whose journals are gone, and from them alone', async () => {
    const [a, b, c] = ['a.png', 'b.png', 'c.png'].map((name) => storyOf(name));
    const at = (name: string): string => library.put(join(library.sorted, 'Cats', name), name);
    await library.write([library.started]);
    manifest('20260101_000000', 'a run', [{ source: '/in/a.png', sha256: a!.sha256, destination: at('a.png') }]);
    manifest('20260102_000000', 'another', [
      { source: '/in/b.png', sha256: b!.sha256, destination: at('b.png') },
      // parked, unread, or taken away since
      { source: '/in/c.png', sha256: c!.sha256 },
      { source: '/in/d.png', destination: at('d.png') },
      { source: '/in/c.png', sha256: c!.sha256, destination: join(library.sorted, 'Cats', 'c.png') },
    ]);
    assert.deepEqual(await rebuild(), { journals: 1, manifests: 1 });
    assert.deepEqual(
      [...store.allSorted()],
      [
        {
          sha256: b!.sha256,
          path: join(library.sorted, 'Cats', 'b.png'),
          source: '/in/b.png',
          at: 1_700_000_000_000,
        },
      ],
    );
  });

  it('believes the newest of several manifests that tell of the same file', async () => {
    const a = storyOf('a.png');
    const destination = library.put(join(library.sorted, 'a.png'), 'a.png');
    manifest('20260102_000000', 'second', [{ source: '/in/new.png', sha256: a.sha256, destination }]);
    manifest('20260101_000000', 'first', [{ source: '/in/old.png', sha256: a.sha256, destination }]);
    assert.equal((await rebuild()).manifests, 2);
    assert.equal(store.sortedFiles(a.sha256)[0]?.source, '/in/new.png');
  });

  it('goes past manifests that are damaged or can’t be read, and stops at what is no fault of theirs', async () => {
    const a = storyOf('a.png');
    const destination = library.put(join(library.sorted, 'a.png'), 'a.png');
    const whole = manifest('20260101_000000', 'first', [{ source: '/in/a.png', sha256: a.sha256, destination }]);
    writeFileSync(join(library.sorted, 'manifest_20260102_000000.json'), '{"version":1,');
    const real = new NodeManifests(library.sorted);
    const failing = (error: Error) => ({
      all: async () => [...(await real.all()), '/out/gone.json', '/out/locked.json'],
      read: (path: string) => {
        if (path === '/out/gone.json') return Promise.resolve(undefined);
        return path === '/out/locked.json' ? Promise.reject(error) : real.read(path);
      },
    });
    assert.deepEqual(await rebuild(failing(new ImageError('unreadable', 'no permission'))), {
      journals: 0,
      manifests: 1,
    });
    assert.equal([...store.allSorted()].length, 1);
    await assert.rejects(rebuild(failing(new TypeError('a defect'))), /a defect/);
    assert.ok(library.has(whole));
  });

  it('knows of an image in a category that nobody can look at, and of all others', async () => {
    const [hidden, seen] = [storyOf('hidden.png').sha256, storyOf('seen.png').sha256];
    symlinkSync('Locked', join(library.sorted, 'Locked'));
    const destination = (place: string): string => join(library.sorted, place);
    manifest('20260101_000000', 'r', [
      { source: join(library.inbox, 'hidden.png'), sha256: hidden, destination: destination('Locked/hidden.png') },
      { source: join(library.inbox, 'seen.png'), sha256: seen, destination: library.put(destination('seen.png'), 's') },
    ]);
    await rebuild();
    assert.deepEqual(
      [hidden, seen].map((sha256) => store.sortedFiles(sha256).map(({ path }) => path)),
      [[destination('Locked/hidden.png')], [destination('seen.png')]],
    );
  });

  describe('by the repair', () => {
    const repair = (facts: DatabaseFacts, kept?: string) =>
      library.repair({
        database: { look: () => Promise.resolve(facts) },
        openStore: () => Promise.resolve({ store, ...(kept !== undefined && { kept }) }),
      });

    it('is on the disk, and the next run reads the live journal once more', async () => {
      const a = await library.image('a.png');
      await library.write([library.started, ...sortedAs(a, 'Cats')]);
      await library.write([library.started, ...sortedAs(await library.image('b.png'), 'Cats')]);
      const [done, ...more] = await repair({ kind: 'broken', why: 'no header' }, '/w/image-inbox.db.broken');
      assert.deepEqual(more, []);
      assert.deepEqual([done?.what, done?.kept], ['database', '/w/image-inbox.db.broken']);
      assert.match(done?.text ?? '', /damaged \(no header\).* 2 journals and 0 manifests: 2 sorted images/);
      assert.match(done?.details.join(' ') ?? '', /Posts and looks .* made again when they are needed/);
      const again = await library.openStore();
      assert.deepEqual(again.position, { journal: 2, offset: 0 });
      assert.equal(again.sortedFiles(a.sha256).length, 1);
      again.close();
    });

    it('says that one was gone, and makes none where nothing is to be put into it', async () => {
      assert.deepEqual(await repair({ kind: 'none' }), []);
      assert.ok(!library.has(join(library.working, 'image-inbox.db')));
      store = await library.openStore();
      const a = storyOf('a.png');
      const destination = library.put(join(library.sorted, 'a.png'), 'a.png');
      manifest('20260101_000000', 'first', [{ source: '/in/a.png', sha256: a.sha256, destination }]);
      const [done] = await repair({ kind: 'none' });
      assert.match(done?.text ?? '', /was gone.* 0 journals and 1 manifest: 1 sorted image\./);
      assert.ok(done && !('kept' in done));
      const again = await library.openStore();
      assert.deepEqual(again.position, { journal: 0, offset: 0 });
      assert.equal([...again.allSorted()].length, 1);
      again.close();
    });

    it('is told of where it was damaged, though nothing is left to put into it', async () => {
      const [done] = await repair({ kind: 'broken', why: 'no header' });
      assert.match(done?.text ?? '', /0 sorted images/);
    });

    it('is left as it is when it is sound, or newer than this program', async () => {
      const openStore = () => assert.fail('was opened');
      for (const kind of ['sound', 'unusable'] as const) {
        const facts = { kind, why: 'newer', bytes: 1, answers: 1, sortedFiles: 1 } as const;
        const database = { look: () => Promise.resolve(facts as DatabaseFacts) };
        assert.deepEqual(await library.repair({ database, openStore }), [], kind);
      }
    });

    it('is made of the repaired journal, which is told of first', async () => {
      const a = await library.image('a.png');
      const lines = [library.started, ...sortedAs(a, 'Cats')];
      const path = await library.write(lines);
      library.put(library.sorting(a, 'Cats').to, 'a.png');
      rmSync(a.image.path);
      library.lose(path, a.found);
      const undo = await library.write([library.started, a.found], library.undoJournals);
      truncateSync(undo, readFileSync(undo).length - 5);
      const done = await repair({ kind: 'broken', why: 'no header' });
      assert.deepEqual(
        done.map(({ what }) => what),
        ['journal', 'undo-journal', 'database'],
      );
      assert.match(done.at(-1)?.text ?? '', /2 journals .* 1 sorted image\./);
      const again = await library.openStore();
      assert.equal(again.sortedFiles(a.sha256)[0]?.source, a.image.path);
      assert.deepEqual(again.position, { journal: 2, offset: 0 });
      again.close();
    });

    it('is closed also when making it again fails', async () => {
      let closed = 0;
      const close = (): void => {
        closed++;
      };
      const manifests = {
        all: () => Promise.reject(new TypeError('a defect')),
        read: () => Promise.resolve(undefined),
      };
      const failing = library.repair({
        manifests,
        database: { look: () => Promise.resolve({ kind: 'none' }) },
        openStore: () => Promise.resolve({ store: { close } as Store }),
      });
      await assert.rejects(failing, /a defect/);
      assert.equal(closed, 1);
    });
  });
});
