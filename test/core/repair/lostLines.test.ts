import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeImageFolder } from '../../../src/adapters/files/nodeImageFolder.ts';
import { NodeRunLocks } from '../../../src/adapters/files/runLock.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { imageOf } from '../../../src/core/journal/fold.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import { LockHeld } from '../../../src/core/ports/journalFile.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { AT, resumed, runEnded, storyOf, type Story } from '../journal/story.ts';
import { BrokenLibrary, OUR_SIDECAR, told } from './brokenLibrary.ts';

const SCAN_ENDED: JournalEvent = { kind: 'scan-ended', at: AT };

describe('The repair of a journal that has holes', () => {
  let library: BrokenLibrary;
  beforeEach(async () => {
    library = await BrokenLibrary.create();
  });
  afterEach(() => library[Symbol.asyncDispose]());

  const categorized = (story: Story, destination: string): JournalEvent => {
    const final = basename(dirname(destination));
    return story.ended('categorize', {
      kind: 'done',
      result: { suggested: final, learned: false, final, because: 'a rule', destination },
    });
  };
  /** The image where the operations take it, and what the journal tells of that. */
  const sorted = (story: Story, ...operations: readonly (FileOperation & { readonly from: string })[]) => {
    for (const { op, from, to } of operations) {
      library.put(to, readFileSync(from, 'utf8'));
      if (op === 'move') rmSync(from);
    }
    const { to } = operations.at(-1)!;
    return {
      intended: story.intended(...operations),
      operated: story.operated(...operations),
      categorized: categorized(story, to),
      settled: story.settled('processed'),
    };
  };

  it('makes the image known again of which only the first line is lost, before anything else is told of it', async () => {
    const a = await library.image('猫 a.png');
    const path = await library.write([library.started, a.found, SCAN_ENDED, a.scanned, a.waits('review')]);
    library.lose(path, a.found);
    const [repair] = await library.repair();
    const events = await library.events();
    assert.equal(told(events), 'run-started scan-ended image-carried scan review');
    assert.deepEqual((await library.state(a.id))?.image, a.image);
    assert.match(repair?.text ?? '', /000001\.ndjson was damaged.*000002\.ndjson/);
    assert.match(repair?.details[0] ?? '', /^Line 2 \(byte \d+\): \d+ bytes can’t be read\.$/);
    assert.deepEqual(repair?.details.slice(1), [`${a.image.path}: found again, and taken up by the next run.`]);
  });

  it('leaves the damaged journal as it is, and loses no line of it that can be read', async () => {
    const a = await library.image('a.png');
    const b = storyOf('b.png', { path: '/gone/b.png' });
    const before = [library.started, a.found, b.found, a.scanned, b.scanned, SCAN_ENDED, a.waits('review'), runEnded];
    const path = await library.write(before);
    library.lose(path, b.found);
    const bytes = readFileSync(path);
    const [repair] = await library.repair();
    assert.deepEqual(readFileSync(path), bytes);
    assert.equal(repair?.kept, path);
    assert.equal(repair.what, 'journal');
    assert.deepEqual(await library.events(), before.filter((event) => event !== b.found)); // prettier-ignore
  });

  it('does nothing to a sound one, and begins none where there is none', async () => {
    assert.deepEqual(await library.repair(), []);
    assert.deepEqual(await library.events(), []);
    await library.write([library.started, SCAN_ENDED]);
    assert.deepEqual(await library.repair(), []);
    assert.equal((await library.journals.readLatest())?.number, 1);
  });

  it('finds all sound when it is done a second time', async () => {
    const a = await library.image('a.png');
    const path = await library.write([library.started, a.found, a.scanned, SCAN_ENDED]);
    library.lose(path, library.started, a.found);
    assert.equal((await library.repair()).length, 1);
    assert.deepEqual(await library.repair(), []);
  });

  it('does not look for images where no whole line is lost', async () => {
    const a = await library.image('a.png');
    const path = await library.write([library.started, a.found, a.scanned]);
    const bytes = readFileSync(path);
    // a byte of a name, and the end of the last line
    bytes[bytes.indexOf('"image-found"') + 1] = 0x21;
    writeFileSync(path, bytes);
    truncateSync(path, bytes.length - 10);
    const walk = { walk: () => assert.fail('was walked') };
    const [repair] = await library.repair({ walk });
    assert.equal(told(await library.events()), 'run-started image-found');
    assert.match(repair?.details[0] ?? '', /^Line 2 had a wrong byte/);
    assert.match(repair?.details[1] ?? '', /^The last line was cut off \(\d+ bytes\)/);
    assert.equal(repair?.details.length, 2);
  });

  it('says of how many images nothing is known any more, each counted once', async () => {
    const [a, b] = [storyOf('a.png', { path: '/gone/a.png' }), storyOf('b.png', { path: '/gone/b.png' })];
    const lines = [library.started, a.found, b.found, a.scanned, a.waits('review'), b.scanned];
    const path = await library.write(lines);
    library.lose(path, a.found, b.found);
    const [repair] = await library.repair();
    assert.match(repair?.details.at(-1) ?? '', /^2 images of which lines are lost could not be found/);
    assert.equal(told(await library.events()), 'run-started scan review scan');
  });

  it('knows a moved image by where its lines say that it went', async () => {
    const a = await library.image('a.png');
    const sidecar: FileOperation = { at: AT, op: 'move', from: `${a.image.path}.xmp`, to: join(library.sorted, 'Cats', 'a.png.xmp') }; // prettier-ignore
    const move = library.sorting(a, 'Cats');
    const { categorized: done, settled } = sorted(a, move);
    const path = await library.write([library.started, a.found, a.scanned, a.intended(sidecar, move), a.operated(sidecar, move), done, settled]); // prettier-ignore
    library.lose(path, a.found);
    await library.repair();
    const state = await library.state(a.id);
    assert.deepEqual(state?.image, a.image);
    assert.deepEqual(state.operations, [sidecar, move]);
    assert.equal(state.fate, 'processed');
  });

  it('knows one that went to the trash, and one that was copied, by the same token', async () => {
    const [a, b] = [await library.image('a.png'), await library.image('b.png')];
    const trash: FileOperation = { at: AT, op: 'trash', from: a.image.path, to: join(library.working, 'trash', 'a.png') }; // prettier-ignore
    library.put(trash.to, 'a.png');
    rmSync(a.image.path);
    const copy = library.sorting(b, 'Dogs', 'copy');
    sorted(b, copy);
    // the walk does not come upon it
    const walk = { walk: async function* () {} }; // eslint-disable-line @typescript-eslint/no-empty-function
    const path = await library.write([library.started, a.found, b.found, a.operated(trash), b.intended(copy)]);
    library.lose(path, a.found, b.found);
    await library.repair({ walk });
    assert.deepEqual((await library.state(a.id))?.image, a.image);
    assert.deepEqual((await library.state(b.id))?.image, b.image);
  });

  it('knows a moved image also where folders were made for it, and its sidecar went ahead', async () => {
    const a = await library.image('a.png');
    const move = library.sorting(a, 'Cats');
    sorted(a, move);
    const mkdir: FileOperation = { at: AT, op: 'mkdir', to: dirname(move.to) };
    const beside: FileOperation = { at: AT, op: 'move', from: `${move.from}.xmp`, to: `${move.to}.xmp` };
    const path = await library.write([library.started, a.found, a.operated(mkdir, beside, move), a.waits('sync')]);
    library.lose(path, a.found);
    await library.repair();
    assert.deepEqual((await library.state(a.id))?.image, a.image);
  });

  it('knows nothing of an image by a sidecar that was written', async () => {
    const a = storyOf('a.png', { path: '/gone/a.png' });
    const write: FileOperation = { at: AT, op: 'write', to: '/gone/a.png.xmp' };
    const path = await library.write([library.started, a.found, a.operated(write)]);
    library.lose(path, a.found);
    const [repair] = await library.repair();
    assert.match(repair?.details.at(-1) ?? '', /^1 image of which lines are lost could not be found/);
  });

  it('asks nobody about an image that was passed over', async () => {
    const [a, b] = [storyOf('a.png', { path: '/gone/a.png' }), storyOf('b.png', { path: '/gone/b.png' })];
    const outcome = { kind: 'skipped', final: true, why: 'it has a sidecar already' } as const;
    const passed: JournalEvent = { kind: 'image-passed', image: a.image, outcome, fate: 'skipped' };
    const path = await library.write([library.started, passed, b.found]);
    library.lose(path, b.found);
    const [repair] = await library.repair();
    assert.deepEqual(await library.events(), [library.started, passed]);
    assert.equal(repair?.details.length, 1);
  });

  it('fills up holes also where the last line is torn besides', async () => {
    const a = await library.image('a.png');
    const path = await library.write([library.started, a.found, a.waits('review'), SCAN_ENDED]);
    library.lose(path, a.found);
    truncateSync(path, readFileSync(path).length - 10);
    await library.repair();
    assert.equal(told(await library.events()), 'run-started image-carried review');
  });

  describe('about what was done with an image', () => {
    it('takes what was announced for done, where it was sorted there', async () => {
      const a = await library.image('a.png');
      const mkdir: FileOperation = { at: AT, op: 'mkdir', to: join(library.sorted, 'Cats') };
      const move = library.sorting(a, 'Cats');
      const { operated, categorized: done, settled } = sorted(a, move);
      const path = await library.write([library.started, a.found, a.scanned, a.intended(mkdir, move), operated, done, settled]); // prettier-ignore
      library.lose(path, operated);
      const [repair] = await library.repair();
      assert.equal(told(await library.events()), 'run-started image-found scan intended operated categorize image-settled'); // prettier-ignore
      assert.deepEqual((await library.state(a.id))?.operations, [mkdir, move]);
      assert.deepEqual(repair?.details.slice(1), [
        `${a.image.path}: what was done with it was found out from the sorted folder.`,
      ]);
    });

    it('adds nothing where the operations are told', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      const move = library.sorting(a, 'Cats');
      const { intended, operated, categorized: done, settled } = sorted(a, move);
      const lines = [library.started, a.found, b.found, a.scanned, intended, operated, done, settled];
      const path = await library.write(lines);
      library.lose(path, b.found);
      await library.repair();
      assert.deepEqual(await library.events(), lines.filter((line) => line !== b.found)); // prettier-ignore
    });

    it('tells a move from a copy by whether the original is still there, and forgets no sidecar', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      const [moving, copying] = [library.sorting(a, 'Cats'), library.sorting(b, 'Cats', 'copy')];
      const sidecar = library.put(`${moving.to}.xmp`, OUR_SIDECAR);
      const [one, other] = [sorted(a, moving), sorted(b, copying)];
      const lines = [library.started, a.found, b.found, a.scanned, b.scanned, one.intended, one.operated, one.categorized, other.intended, other.operated, other.categorized]; // prettier-ignore
      const path = await library.write(lines);
      library.lose(path, one.intended, one.operated, other.intended, other.operated);
      await library.repair();
      const at = new Date(library.clock.now()).toISOString();
      assert.deepEqual((await library.state(a.id))?.operations, [
        { at, op: 'move', from: `${a.image.path}.xmp`, to: sidecar, sha256: sha256Of(OUR_SIDECAR) },
        { ...moving, at },
      ]);
      assert.deepEqual((await library.state(b.id))?.operations, [{ ...copying, at }]);
    });

    it('finds the hash out from the file where the scan is lost as well', async () => {
      const a = await library.image('a.png');
      const move = library.sorting(a, 'Cats');
      const { intended, operated, categorized: done } = sorted(a, move);
      const path = await library.write([library.started, a.found, a.scanned, intended, operated, done]);
      library.lose(path, a.scanned, intended, operated);
      await library.repair();
      const operations = (await library.state(a.id))?.operations;
      assert.deepEqual(operations?.map(({ sha256 }) => sha256), [a.sha256]); // prettier-ignore
    });

    it('believes a plan only where the planned bytes are in the planned place', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      const [one, other] = [library.sorting(a, 'Cats'), library.sorting(b, 'Cats')];
      const { settled } = sorted(a, one);
      // another file has come there, and the image is where it was
      library.put(other.to, 'other');
      const lines = [library.started, a.found, b.found, a.scanned, b.scanned, a.intended(one), a.operated(one), categorized(a, one.to), settled, b.intended(other), b.settled('processed')]; // prettier-ignore
      const path = await library.write(lines);
      library.lose(path, lines[6]!, lines[7]!);
      await library.repair();
      const state = await library.state(a.id);
      assert.equal(told((await library.events()).filter((event) => imageOf(event) === a.id)), 'image-found scan intended operated categorize image-settled'); // prettier-ignore
      const result = state?.stages.categorize?.outcome.result;
      assert.equal(result?.destination, one.to);
      assert.equal(result.final, 'Cats');
      assert.deepEqual(state?.operations, [one]);
      assert.equal((await library.state(b.id))?.stages.categorize, undefined);
    });

    it('finds an image in the sorted folder by its bytes, whatever is there beside it', async () => {
      const a = await library.image('a.png');
      const move = library.sorting(a, 'Cats/Black');
      sorted(a, move);
      library.put(`${move.to}.xmp`, OUR_SIDECAR);
      // of the same size, and of the same name
      library.put(join(library.sorted, 'Cats', 'b.png'), 'b.png');
      library.put(join(library.sorted, 'Dogs', 'a.png'), 'c.png');
      const path = await library.write([library.started, a.found, a.scanned, a.waits('review'), runEnded]);
      library.lose(path, a.waits('review'));
      const [repair] = await library.repair();
      const state = await library.state(a.id);
      const result = state?.stages.categorize?.outcome.result;
      assert.deepEqual(
        [result?.destination, result?.sidecar, result?.final, result?.suggested, result?.learned],
        [move.to, `${move.to}.xmp`, 'Cats/Black', 'Cats/Black', false],
      );
      assert.match(result?.because ?? '', /repaired/);
      assert.deepEqual(state?.operations.map(({ op, from, to }) => [op, from, to]), [
        ['move', `${a.image.path}.xmp`, `${move.to}.xmp`],
        ['move', a.image.path, move.to],
      ]); // prettier-ignore
      // said once, though it takes two lines
      assert.equal(repair?.details.length, 2);
    });

    it('finds it where the user has taken it from its planned place', async () => {
      const a = await library.image('a.png');
      const move = library.sorting(a, 'Cats');
      const { intended, operated, categorized: done, settled } = sorted(a, move);
      const now = join(library.sorted, 'Dogs', 'renamed.png');
      library.put(now, readFileSync(move.to, 'utf8'));
      rmSync(move.to);
      const path = await library.write([library.started, a.found, a.scanned, intended, operated, done, settled]);
      library.lose(path, operated, done);
      await library.repair();
      assert.equal((await library.state(a.id))?.stages.categorize?.outcome.result?.destination, now);
    });

    it('does not call an image sorted that is still in the inbox, though its bytes are sorted', async () => {
      const a = await library.image('a.png');
      library.put(join(library.sorted, 'Cats', 'older.png'), 'a.png');
      const path = await library.write([library.started, a.found, a.scanned, SCAN_ENDED, runEnded]);
      library.lose(path, SCAN_ENDED);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started image-found scan run-ended');
    });

    it('does not guess where an image went whose bytes nobody knows', async () => {
      const a = await library.image('a.png');
      sorted(a, library.sorting(a, 'Cats'));
      const path = await library.write([library.started, a.found, a.scanned, a.settled('processed')]);
      library.lose(path, a.scanned);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started image-found image-settled');
    });

    it('leaves what is announced, and not yet told to be done, to the next run', async () => {
      const a = await library.image('a.png');
      const move = library.sorting(a, 'Cats');
      const { intended, operated } = sorted(a, move);
      const before = (['search', 'review', 'xmp', 'analyze'] as const).map((s) =>
        a.ended(s, { kind: 'skipped', why: 'off' }),
      );
      const path = await library.write([library.started, a.found, a.scanned, ...before, intended, operated]);
      library.lose(path, operated);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started image-found scan search review xmp analyze intended');
    });

    it('leaves images that have ended for good, and are told of wholly, as they are', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      const { intended, operated, categorized: done, settled } = sorted(a, library.sorting(a, 'Cats'));
      const again: JournalEvent = { ...settled, at: '2026-01-03T00:00:00.000Z' } as JournalEvent;
      const lines = [library.started, a.found, a.scanned, intended, operated, done, settled, b.found, again];
      const path = await library.write(lines);
      library.lose(path, b.found);
      const [repair] = await library.repair();
      assert.deepEqual(await library.events(), lines.filter((line) => line !== b.found)); // prettier-ignore
      assert.equal(repair?.details.length, 1);
    });

    it('finds a copy by its plan, where the original is still in the inbox', async () => {
      const a = await library.image('a.png');
      const copy = library.sorting(a, 'Cats', 'copy');
      library.put(`${a.image.path}.xmp`, OUR_SIDECAR);
      library.put(`${copy.to}.xmp`, OUR_SIDECAR);
      const beside: FileOperation = { at: AT, op: 'copy', from: `${a.image.path}.xmp`, to: `${copy.to}.xmp`, sha256: sha256Of(OUR_SIDECAR) }; // prettier-ignore
      library.put(copy.to, 'a.png');
      const lines = [library.started, a.found, a.scanned, a.intended(beside, copy), a.operated(beside, copy), a.settled('processed')]; // prettier-ignore
      const path = await library.write(lines);
      library.lose(path, a.operated(beside, copy));
      await library.repair();
      const state = await library.state(a.id);
      assert.equal(state?.stages.categorize?.outcome.result?.destination, copy.to);
      assert.deepEqual(state.operations, [beside, copy]);
    });

    for (const lost of ['operated', 'intended'] as const) {
      it(`takes the planned one of several files with its bytes, where ${lost} is lost`, async () => {
        const a = await library.image('a.png');
        const move = library.sorting(a, 'Cats');
        const lines = sorted(a, move);
        for (const folder of ['Ants', 'Zebras']) library.put(join(library.sorted, folder, 'a.png'), 'a.png');
        const write: FileOperation = { at: AT, op: 'write', to: `${a.image.path}.xmp` };
        const path = await library.write([library.started, a.found, a.scanned, a.operated(write), lines.intended, lines.operated, lines.categorized, lines.settled]); // prettier-ignore
        library.lose(path, lines[lost], lines.categorized);
        const [repair] = await library.repair();
        const state = await library.state(a.id);
        assert.equal(state?.stages.categorize?.outcome.result?.destination, move.to);
        assert.deepEqual(state.operations, [write, move]);
        const between = lost === 'operated' ? 'intended operated' : 'operated';
        assert.equal(
          told(await library.events()),
          `run-started image-found scan operated ${between} categorize image-settled`,
        );
        assert.equal(repair?.details.filter((text) => text.includes('found out')).length, 1);
      });
    }

    it('knows the bytes by the plan where the scan is lost as well', async () => {
      const a = await library.image('a.png');
      const move = library.sorting(a, 'Cats');
      const { intended, operated, categorized: done, settled } = sorted(a, move);
      const path = await library.write([library.started, a.found, a.scanned, intended, operated, done, settled]);
      library.lose(path, a.scanned, operated, done);
      await library.repair();
      assert.equal((await library.state(a.id))?.stages.categorize?.outcome.result?.destination, move.to);
    });

    it('does not take what was announced for the sidecar for what was done with the image', async () => {
      const a = await library.image('a.png');
      const write: FileOperation = { at: AT, op: 'write', to: `${a.image.path}.xmp` };
      const announced: JournalEvent = { kind: 'intended', image: a.id, stage: 'xmp', operations: [write] };
      const move = library.sorting(a, 'Cats');
      const { operated, categorized: done } = sorted(a, move);
      const lines = [library.started, a.found, a.scanned, announced, a.operated(write), operated, done];
      const path = await library.write(lines);
      library.lose(path, operated);
      await library.repair();
      const at = new Date(library.clock.now()).toISOString();
      assert.deepEqual((await library.state(a.id))?.operations, [write, { ...move, at }]);
    });

    it('does not call a duplicate sorted that was removed, though its twin is in the sorted folder', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      const trash: FileOperation = { at: AT, op: 'trash', from: a.image.path, to: join(library.working, 'trash', 'a.png') }; // prettier-ignore
      library.put(join(library.sorted, 'Cats', 'twin.png'), 'a.png');
      rmSync(a.image.path);
      const result = { sha256: a.sha256, md5: '0'.repeat(32), format: 'png' } as const;
      const lines = [library.started, a.found, b.found, a.operated(trash), a.ended('scan', { kind: 'skipped', final: true, why: 'duplicate', result }), a.settled('skipped'), runEnded]; // prettier-ignore
      const path = await library.write(lines);
      library.lose(path, b.found);
      await library.repair();
      assert.deepEqual(await library.events(), lines.filter((line) => line !== b.found)); // prettier-ignore
    });

    it('does not call an image sorted of which it knows no more than that it went to the trash', async () => {
      const a = await library.image('a.png');
      const trash: FileOperation = { at: AT, op: 'trash', from: a.image.path, to: join(library.working, 'trash', 'a.png'), sha256: a.sha256 }; // prettier-ignore
      library.put(trash.to, 'a.png');
      rmSync(a.image.path);
      const path = await library.write([library.started, a.found, a.operated(trash), a.scanned]);
      library.lose(path, a.scanned);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started image-found operated');
    });

    it('makes nothing of a sorting that failed', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      const error = { reason: 'not-writable', message: 'no', attempts: 1 } as const;
      const lines = [library.started, a.found, b.found, a.scanned, a.ended('categorize', { kind: 'failed', error }), a.settled('failed')]; // prettier-ignore
      const path = await library.write(lines);
      library.lose(path, b.found);
      await library.repair();
      assert.deepEqual(await library.events(), lines.filter((line) => line !== b.found)); // prettier-ignore
    });

    it('names the category as the run did, though another folder is set by now', async () => {
      const a = await library.image('a.png');
      const { intended, operated, categorized: done, settled } = sorted(a, library.sorting(a, 'Cats/Black'));
      const path = await library.write([library.started, a.found, a.scanned, intended, operated, done, settled]);
      library.lose(path, done);
      const folders = { inbox: library.inbox, working: library.working, sorted: join(library.working, '../New') };
      await library.repair({ folders });
      assert.equal((await library.state(a.id))?.stages.categorize?.outcome.result?.final, 'Cats/Black');
    });

    it('reads few of the files in the sorted folder: those of its size, the one of its name first', async () => {
      const a = await library.image('a.png');
      sorted(a, library.sorting(a, 'Mice'));
      for (const name of ['Ants/b.png', 'Birds/c.png', 'Zebras/d.png'])
        library.put(join(library.sorted, name), 'x.png');
      library.put(join(library.sorted, 'Cats', 'a.png'), 'of another size');
      const path = await library.write([library.started, a.found, a.scanned, SCAN_ENDED]);
      library.lose(path, SCAN_ENDED);
      const real = new NodeFiles();
      const read: string[] = [];
      const files: Pick<NodeFiles, 'stat' | 'hash'> = {
        stat: (file) => real.stat(file),
        hash: (file, signal) => {
          read.push(file);
          return real.hash(file, signal);
        },
      };
      await library.repair({ files });
      assert.deepEqual(
        read.filter((file) => file.endsWith('.png')).map((file) => basename(dirname(file))),
        ['Mice'],
      );
    });

    it('goes past a file in the sorted folder that can’t be read, and stops at what is no fault of a file', async () => {
      const a = await library.image('a.png');
      const move = library.sorting(a, 'Cats');
      sorted(a, move);
      const locked = library.put(join(library.sorted, 'Ants', 'a.png'), 'x.png');
      const path = await library.write([library.started, a.found, a.scanned, SCAN_ENDED]);
      library.lose(path, SCAN_ENDED);
      const real = new NodeFiles();
      const failing = (error: Error): Pick<NodeFiles, 'stat' | 'hash'> => ({
        stat: (file) => real.stat(file),
        hash: (file, signal) => (file === locked ? Promise.reject(error) : real.hash(file, signal)),
      });
      const tree = {
        images: async function* () {
          yield locked;
          yield move.to;
        },
      };
      await assert.rejects(library.repair({ files: failing(new TypeError('a defect')), tree }), /a defect/);
      await library.repair({ files: failing(new ImageError('unreadable', 'no permission')), tree });
      assert.equal((await library.state(a.id))?.stages.categorize?.outcome.result?.destination, move.to);
    });

    it('goes past a file in the sorted folder that vanishes while it is read', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      sorted(a, library.sorting(a, 'Cats'));
      library.put(join(library.sorted, 'Ants', 'x.png'), 'x.png');
      const path = await library.write([library.started, a.found, b.found, a.scanned]);
      library.lose(path, b.found);
      const tree = {
        images: async function* () {
          yield join(library.sorted, 'Ants', 'gone.png');
          yield join(library.sorted, 'Ants', 'x.png');
          yield join(library.sorted, 'Cats', 'a.png');
        },
      };
      await library.repair({ tree });
      assert.equal((await library.state(a.id))?.stages.categorize?.outcome.kind, 'done');
    });
  });

  describe('whose beginning is lost', () => {
    it('begins it at the earliest time that is left, as its resumption tells', async () => {
      const a = await library.image('a.png');
      const plan = { ...library.plan, command: 'resume', skip: ['sync'] } as const;
      const again = { ...resumed, plan } as JournalEvent;
      const path = await library.write([library.started, a.found, SCAN_ENDED, again]);
      library.lose(path, library.started);
      const [repair] = await library.repair();
      const [first, ...rest] = await library.events();
      assert.deepEqual(first, { kind: 'run-started', at: AT, runId: `run of ${AT}`, version: '2', plan });
      assert.deepEqual(rest, [a.found, SCAN_ENDED, again]);
      assert.match(repair?.details[1] ?? '', /beginning of the run was lost/);
    });

    it('takes no time for the beginning that is no date', async () => {
      const { sha256 } = storyOf('a.png');
      const answered: JournalEvent = { kind: 'answered', at: 5, sha256, provider: 'iqdb', variant: 'v', answer: { kind: 'no-match', threshold: 80 } }; // prettier-ignore
      const path = await library.write([library.started, answered, SCAN_ENDED, runEnded]);
      library.lose(path, library.started);
      await library.repair();
      const [first] = await library.events();
      assert.equal(first?.kind === 'run-started' && first.at, AT);
    });

    it('begins it as the settings have it where nothing tells of the plan', async () => {
      const path = await library.write([library.started]);
      truncateSync(path, 0);
      const [repair] = await library.repair();
      const [first, ...rest] = await library.events();
      const { inbox, sorted: out } = library;
      assert.deepEqual(first, {
        kind: 'run-started',
        at: new Date(library.clock.now()).toISOString(),
        runId: `run of ${new Date(library.clock.now()).toISOString()}`,
        version: '2',
        plan: { command: 'process', inbox, sorted: out, skip: [], reprocess: false, offline: false, overrides: {} },
      });
      assert.deepEqual(rest, []);
      assert.equal(repair?.details.length, 1);
    });
  });

  describe('about the run before', () => {
    const older = async (...stories: readonly Story[]): Promise<void> => {
      await library.write([library.started, ...stories.flatMap((s) => [s.found, s.scanned, s.waits('review')])]);
    };

    it('takes over again all that it had left open, right behind the beginning', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      await older(a, b);
      const carried = [a, b].map((story): JournalEvent => ({ kind: 'image-carried', state: { image: story.image, stages: {}, operations: [] } })); // prettier-ignore
      const path = await library.write([library.started, ...carried, SCAN_ENDED]);
      library.lose(path, ...carried);
      const [repair] = await library.repair();
      assert.equal(told(await library.events()), 'run-started image-carried image-carried scan-ended');
      for (const { id } of [a, b]) assert.equal((await library.state(id))?.stages.review?.outcome.kind, 'waiting');
      assert.deepEqual(
        repair?.details.slice(2),
        [a, b].map(({ image }) => `${image.path}: found again, and taken up by the next run.`),
      );
    });

    it('does so too where the beginning is lost', async () => {
      const a = await library.image('a.png');
      await older(a);
      const path = await library.write([library.started, SCAN_ENDED]);
      library.lose(path, library.started);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started image-carried scan-ended');
    });

    it('takes over none that the damaged one tells of itself, nor one that had ended', async () => {
      const [a, b, c] = [await library.image('a.png'), await library.image('b.png'), await library.image('c.png')];
      const { intended, operated, categorized: done, settled } = sorted(b, library.sorting(b, 'Cats'));
      await library.write([library.started, a.found, a.scanned, a.waits('review'), b.found, b.scanned, intended, operated, done, settled]); // prettier-ignore
      const path = await library.write([library.started, a.found, c.found, a.settled('skipped')]);
      library.lose(path, c.found);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started image-found image-settled');
    });

    it('knows from there an image of which the damaged one tells no more than the end', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      await older(a);
      const carried: JournalEvent = { kind: 'image-carried', state: { image: a.image, stages: {}, operations: [] } };
      const lines = [library.started, carried, b.found, a.ended('review', { kind: 'done', result: { kind: 'no-match' } as never })]; // prettier-ignore
      const path = await library.write(lines);
      library.lose(path, carried);
      rmSync(a.image.path);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started image-found image-carried review');
      const state = await library.state(a.id);
      assert.equal(state?.stages.scan?.outcome.kind, 'done');
    });

    it('goes without it where its beginning is lost too', async () => {
      const a = await library.image('a.png');
      const before = await library.write([library.started, a.found, a.scanned, SCAN_ENDED]);
      library.lose(before, library.started);
      const path = await library.write([library.started, SCAN_ENDED, runEnded]);
      library.lose(path, SCAN_ENDED);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started run-ended');
    });

    it('asks only the one right before', async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      await older(a);
      await library.write([library.started]);
      const path = await library.write([library.started, b.found]);
      library.lose(path, b.found);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started');
    });
  });

  describe('about images with a sidecar of ours', () => {
    const lossOf = async (...lines: readonly JournalEvent[]): Promise<void> => {
      const path = await library.write([library.started, SCAN_ENDED, ...lines]);
      library.lose(path, SCAN_ENDED);
    };

    it('takes those up again of which no journal tells, wherever they were taken from', async () => {
      const elsewhere = [join(library.working, '../Other'), join(library.working, '../Third')];
      const images = [await library.image('a.png'), await library.image('b.png', elsewhere[0]), await library.image('c.png', elsewhere[1])]; // prettier-ignore
      for (const { image } of images) library.put(`${image.path}.xmp`, OUR_SIDECAR);
      const plan = { ...library.plan, inbox: elsewhere[0]!, inboxes: [elsewhere[1]!, '/not/there'] };
      await lossOf({ ...resumed, plan } as JournalEvent);
      const [repair] = await library.repair();
      assert.deepEqual((await library.events()).slice(2), images.map(({ found }) => found)); // prettier-ignore
      assert.equal(repair?.details.filter((text) => text.includes('found again')).length, 3);
    });

    it('looks where the run began as well, and at nothing but images', async () => {
      const other = join(library.working, '../Other');
      const a = await library.image('a.png', other);
      symlinkSync('nowhere', join(other, 'link.png'));
      for (const name of ['a.png', 'link.png']) library.put(join(other, `${name}.xmp`), OUR_SIDECAR);
      const begun = { ...library.started, plan: { ...library.plan, inbox: other } } as JournalEvent;
      const path = await library.write([begun, SCAN_ENDED]);
      library.lose(path, SCAN_ENDED);
      const [repair] = await library.repair();
      assert.deepEqual(await library.events(), [begun, a.found]);
      assert.equal(repair?.details[1], `${a.image.path}: found again, and taken up by the next run.`);
    });

    it('leaves those alone that are somebody else’s, or told of, now or long ago', async () => {
      const [a, b, c, d] = [await library.image('a.png'), await library.image('b.png'), await library.image('c.png'), await library.image('d.png')]; // prettier-ignore
      library.put(`${a.image.path}.xmp`, '<x:xmpmeta/>');
      for (const { image } of [b, c]) library.put(`${image.path}.xmp`, OUR_SIDECAR);
      await library.write([library.started, b.found, b.settled('processed')]);
      await library.write([library.started]);
      await lossOf(c.found);
      await library.repair();
      assert.deepEqual((await library.events()).slice(1), [c.found]);
      assert.ok(library.has(d.image.path));
    });

    it('looks neither into the sorted folder nor into the working folder', async () => {
      const excluded: unknown[] = [];
      let holder: string | undefined;
      const walk = {
        walk: async function* (...[root, exclude, signal]: Parameters<NodeImageFolder['walk']>) {
          excluded.push(exclude);
          holder = (await new NodeRunLocks(library.working).holder())?.message;
          yield* new NodeImageFolder().walk(root, exclude, signal);
        },
      };
      await lossOf();
      await library.repair({ walk });
      assert.deepEqual(excluded, [[library.sorted, library.working]]);
      assert.match(holder ?? '', /doctor --repair/, 'and says to others what is going on');
    });
  });

  describe('and the working folder', () => {
    it('is not done while a run is on, and lets go of it whatever happens', async () => {
      const locks = new NodeRunLocks(library.working);
      const other = await locks.acquire('process');
      await assert.rejects(library.repair(), LockHeld);
      await other.release();
      const path = await library.write([library.started, SCAN_ENDED]);
      library.lose(path, SCAN_ENDED);
      const stopped = AbortSignal.abort(new Error('enough'));
      await library.image('a.png');
      await assert.rejects(library.repair({}, stopped), /enough/);
      assert.equal((await library.journals.readLatest())?.number, 1, 'nothing half');
      assert.equal(await locks.holder(), undefined);
      await library.repair();
      assert.equal(await locks.holder(), undefined);
    });

    it('is not begun where there is none', async () => {
      renameSync(library.working, `${library.working} away`);
      assert.deepEqual(await library.repair(), []);
      assert.ok(!library.has(library.working));
    });
  });

  it('keeps of the undos’ journal what can be read, and looks for nothing', async () => {
    const a = await library.image('a.png');
    assert.deepEqual(await library.repair(), []);
    const lines = [library.started, a.found, SCAN_ENDED, runEnded];
    const path = await library.write(lines, library.undoJournals);
    assert.deepEqual(await library.repair(), [], 'it is sound');
    library.lose(path, a.found);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('"scan-ended"') + 1] = 0x21;
    writeFileSync(path, bytes);
    const [repair, ...more] = await library.repair();
    assert.deepEqual(more, []);
    assert.deepEqual([repair?.what, repair?.kept], ['undo-journal', path]);
    assert.match(repair?.text ?? '', /undos .*000001\.ndjson was damaged.*000002\.ndjson/);
    assert.deepEqual(await library.events(library.undoJournals), [library.started, SCAN_ENDED, runEnded]);
    assert.deepEqual(readFileSync(path), bytes);
    assert.deepEqual(
      repair?.details.map((text) => text.slice(0, 6)),
      ['Line 2', 'Line 3'],
    );
    assert.deepEqual(await library.repair(), []);
  });
});
