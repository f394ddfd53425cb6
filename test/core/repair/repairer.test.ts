import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dice } from '../../../scripts/samples/dice.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { imageOf } from '../../../src/core/journal/fold.ts';
import { assertAddsUp, contents, filesBelow } from '../../cli/commandLine.ts';
import { SmallLibrary } from './smallLibrary.ts';

const isXmpDone = (event: JournalEvent): boolean =>
  event.kind === 'stage-ended' && event.stage === 'xmp' && event.record.outcome.kind === 'done';

const isScan = (event: JournalEvent): boolean => event.kind === 'stage-ended' && event.stage === 'scan';

describe('The repair of a damaged journal', () => {
  let library: SmallLibrary;
  /** one that was interrupted after the first image was sorted, when another had just got its sidecar */
  before(async () => {
    library = await SmallLibrary.create();
    let hasSorted = false;
    await library.run('process', (event) => {
      hasSorted ||= event.kind === 'image-settled';
      return hasSorted && event.kind === 'stage-ended' && event.stage === 'xmp';
    });
    assert.ok(library.sortedImages().length < 4);
    library.keep();
  });
  beforeEach(() => library.restore());
  after(() => library[Symbol.asyncDispose]());

  /** Every original once, in Sorted with its sidecar, and the manifest tells of all: an undo puts all of them back. */
  const assertWhole = async (): Promise<void> => {
    assert.deepEqual(contents(library.inbox, library.sorted), library.before);
    const sorted = library.sortedImages();
    assert.equal(sorted.length, 4);
    const there = filesBelow(library.sorted);
    for (const file of sorted) assert.ok(there.includes(`${file}.xmp`), file);
    const manifest = library.manifest();
    assertAddsUp(manifest);
    assert.equal(manifest.statistics['processed'], 4, JSON.stringify(manifest.images, null, 1));
    assert.deepEqual(
      manifest.images.map(({ destination }) => destination).sort(),
      sorted.map((file) => join(library.sorted, file)).sort(),
    );
    const { undo } = library.compose();
    const last = await undo.lastManifest();
    await undo.undo(await undo.plan(last ?? ''), new AbortController().signal);
    assert.deepEqual(contents(library.inbox), library.before);
    assert.deepEqual(library.sortedImages(), []);
  };

  it('is refused by nobody, and done with nothing, where all is sound', async () => {
    const files = filesBelow(library.dir);
    assert.deepEqual(await library.repair(), []);
    assert.deepEqual(filesBelow(library.dir), files);
  });

  for (const kind of [
    'run-started',
    'image-found',
    'scan',
    'xmp',
    'intended',
    'operated',
    'categorize',
    'image-settled',
  ] as const) {
    it(`makes again what a lost line must have said: ${kind}`, async () => {
      const { events } = library;
      const first = events.find((event) => event.kind === 'image-settled');
      const id = first && imageOf(first);
      const damaged = library.journal;
      const lost = library.damage((event) => {
        if (kind === 'run-started') return event.kind === kind;
        if (imageOf(event) !== id) return false;
        if (event.kind === 'stage-ended') return event.stage === kind;
        return event.kind === kind && !(event.kind === 'intended' && event.stage === 'xmp');
      });
      assert.ok(lost > 0);
      const bytes = readFileSync(damaged);
      await assert.rejects(library.run('resume'), { reason: 'journal-broken', message: /doctor --repair/ });
      const [repair, ...more] = await library.repair();
      assert.deepEqual([repair?.what, repair?.kept, more], ['journal', damaged, []]);
      assert.deepEqual(readFileSync(damaged), bytes);
      const now = library.lines;
      for (const line of bytes.toString().split('\n'))
        assert.ok(line.startsWith('#') || line === '' || now.includes(line));
      await library.run(kind === 'run-started' ? 'process' : 'resume');
      await assertWhole();
    });
  }

  it('makes again what a hole has swallowed, from any line of a sorted image on that comes after its scan', async () => {
    const { events } = library;
    const id = imageOf(events.find((event) => event.kind === 'image-settled')!);
    const own = events.flatMap((event, n) => (imageOf(event) === id ? [n] : []));
    const behindScan = own.slice(own.findIndex((n) => isScan(events[n]!)) + 1);
    assert.ok(behindScan.length >= 6, `${behindScan.length} lines`);
    for (const from of behindScan) {
      library.restore();
      library.damage((event, n) => n >= from && imageOf(event) === id);
      await library.repair();
      await library.run('resume');
      await assertWhole();
    }
  });

  it('takes up an image of which nothing is left but its sidecar', async () => {
    const open = library.events.filter((event) => event.kind === 'image-settled').map(imageOf);
    const id = imageOf(library.events.find((event) => isXmpDone(event) && !open.includes(imageOf(event)))!);
    assert.ok(id !== undefined, 'one was to be under way');
    library.damage((event) => imageOf(event) === id);
    await library.repair();
    await library.run('process');
    await assertWhole();
  });

  it('leaves alone an image with a sidecar of somebody else', async () => {
    await library.put('new.png', 6);
    writeFileSync(join(library.inbox, 'new.png.xmp'), '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
    library.damage((_, n) => n === 3);
    await library.repair();
    await library.run('process');
    assert.ok(filesBelow(library.inbox).includes('new.png'));
    assert.equal(library.manifest().statistics['processed'], 4);
  });

  it('keeps what was carried over from the run before', async () => {
    // another inbox: a new run, which takes over what is unfinished
    const composition = library.compose();
    const abort = new AbortController();
    abort.abort(new Error('at once'));
    await composition.engine.run(
      { command: 'process', inbox: join(library.inbox, '画像'), offline: true },
      abort.signal,
    );
    const carried = library.events.filter(({ kind }) => kind === 'image-carried').length;
    assert.ok(carried > 0);
    assert.equal(
      library.damage((event) => event.kind === 'image-carried'),
      carried,
    );
    await library.repair();
    await library.run('resume');
    await library.run('process');
    assert.deepEqual(contents(library.inbox, library.sorted), library.before);
    assert.equal(library.sortedImages().length, 4);
  });

  it('ends well wherever the holes are', async () => {
    const roll = dice(20260501);
    for (let round = 0; round < 6; round++) {
      library.restore();
      const bytes = readFileSync(library.journal);
      for (let holes = 1 + Math.floor(roll() * 3); holes > 0; holes--) {
        const at = Math.floor(roll() * bytes.length);
        bytes.fill(Math.floor(roll() * 256), at, at + 1 + Math.floor(roll() * 600));
      }
      writeFileSync(library.journal, bytes);
      await library.repair();
      await library.run('process');
      assert.deepEqual(contents(library.inbox, library.sorted), library.before, `round ${round}`);
      assert.equal(library.sortedImages().length, 4, `round ${round}`);
      assert.deepEqual(await library.repair(), [], `round ${round}`);
    }
  });

  it('also of the undos, whose lines need not be made again', async () => {
    await library.run('resume');
    const { undo } = library.compose();
    const plan = await undo.plan((await undo.lastManifest()) ?? '');
    await undo.undo(plan, new AbortController().signal);
    const path = library.working('undo/journal/000001.ndjson');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.map((line, n) => (n === 1 ? '#' : line)).join('\n'));
    await assert.rejects(undo.undo(plan, new AbortController().signal), { reason: 'journal-broken' });
    assert.deepEqual((await library.repair()).map(({ what }) => what), ['undo-journal']); // prettier-ignore
    await undo.undo(plan, new AbortController().signal);
    assert.deepEqual(contents(library.inbox), library.before);
  });
});

describe('A database that was lost', () => {
  let library: SmallLibrary;
  before(async () => {
    library = await SmallLibrary.create();
    await library.run('process');
    library.keep();
  });
  beforeEach(() => library.restore());
  after(() => library[Symbol.asyncDispose]());

  /** The first image comes a second time: only the database knows that. */
  const assertDuplicateIsKnown = async (sorted = 4): Promise<void> => {
    await library.put('again.png', 0);
    await library.run('process');
    assert.match(JSON.stringify(library.manifest().images), /duplicate: the same bytes as/);
    assert.equal(library.sortedImages().length, sorted);
  };

  it('is made again from the journals by the repair', async () => {
    truncateSync(library.working('image-inbox.db'), 5000);
    const [repair] = await library.repair();
    assert.match(repair?.text ?? '', /was damaged .* from 1 journal and 0 manifests: 4 sorted images/);
    assert.equal(readFileSync(repair?.kept ?? '').length, 5000);
    assert.deepEqual(await library.repair(), []);
    await assertDuplicateIsKnown();
  });

  it('is made again by the next run as well, from runs long ago', async () => {
    await library.put('later.png', 5);
    await library.run('process');
    rmSync(library.working('image-inbox.db'));
    await assertDuplicateIsKnown(5);
  });

  it('is made again from the manifests where the journals are gone too', async () => {
    rmSync(library.working(), { recursive: true });
    await assertDuplicateIsKnown();
    const names = readdirSync(library.working());
    assert.ok(names.includes('image-inbox.db'));
  });
});
