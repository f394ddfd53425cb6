import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import { STAGE_IDS } from '../../../src/core/model/stageId.ts';
import { AT, resumed, runEnded, storyOf, type Story } from '../journal/story.ts';
import { BrokenLibrary, OUR_SIDECAR, told } from './brokenLibrary.ts';

const SCAN_ENDED: JournalEvent = { kind: 'scan-ended', at: AT };

/** A duplicate, as the scan calls it. */
const skipped = (story: Story): JournalEvent =>
  story.ended('scan', {
    kind: 'skipped',
    final: true,
    why: 'duplicate: the same bytes as another one',
    result: { sha256: story.sha256, md5: '0'.repeat(32), format: 'png' },
  });

describe('The repair of a journal whose holes could be filled up with what is not so', () => {
  let library: BrokenLibrary;
  beforeEach(async () => {
    library = await BrokenLibrary.create();
  });
  afterEach(() => library[Symbol.asyncDispose]());

  /** What sorting has done to the image, and the line of it. */
  const sort = (story: Story): FileOperation & { readonly from: string } => {
    const move = library.sorting(story, 'Cats');
    library.put(move.to, 'a.png');
    rmSync(move.from);
    return move;
  };

  const resumedFrom = (inbox: string): JournalEvent =>
    ({ ...resumed, plan: { ...library.plan, inboxes: [inbox] } }) as JournalEvent;

  it('does not call a duplicate sorted that lies in the trash, whose twin is sorted', async () => {
    const a = await library.image('a.png');
    library.put(join(library.sorted, 'Cats', 'twin.png'), 'a.png');
    const to = join(library.working, 'trash', 'a.png');
    const trash: FileOperation = { at: AT, op: 'trash', from: a.image.path, to, sha256: a.sha256 };
    library.put(to, 'a.png');
    rmSync(a.image.path);
    const settled = a.settled('skipped');
    const path = await library.write([library.started, a.found, a.operated(trash), skipped(a), settled]);
    library.lose(path, settled);
    await library.repair();
    assert.equal(told(await library.events()), 'run-started image-found operated scan');
    assert.deepEqual((await library.state(a.id))?.operations, [trash]);
  });

  it('does not call a duplicate sorted that the user has removed, whose twin is sorted', async () => {
    const [a, b] = [await library.image('a.png'), await library.image('b.png')];
    library.put(join(library.sorted, 'Cats', 'twin.png'), 'a.png');
    rmSync(a.image.path);
    const path = await library.write([library.started, a.found, skipped(a), b.found, a.settled('skipped')]);
    library.lose(path, a.settled('skipped'));
    await library.repair();
    assert.equal(told(await library.events()), 'run-started image-found scan image-found');
  });

  it('finds an image that was sorted, of which all is lost since its sidecar was announced', async () => {
    const a = await library.image('a.png');
    const write: FileOperation = { at: AT, op: 'write', to: `${a.image.path}.xmp` };
    const intended: JournalEvent = { kind: 'intended', image: a.id, stage: 'xmp', operations: [write] };
    const xmp = a.ended('xmp', { kind: 'done', result: { sidecar: write.to, written: true, tags: 1 } });
    const move = sort(a);
    const lost = [a.operated(write), xmp, a.intended(move), a.operated(move), a.settled('processed')];
    const path = await library.write([library.started, a.found, a.scanned, intended, ...lost]);
    library.lose(path, ...lost);
    await library.repair();
    const state = await library.state(a.id);
    assert.equal(state?.stages.categorize?.outcome.result?.destination, move.to);
    // nothing is left to be done where it was
    assert.equal(state.intent, undefined);
    assert.deepEqual(
      STAGE_IDS.filter((stage) => !state.stages[stage]),
      ['sync'],
    );
  });

  it('leaves no stage to be done before one that has begun to move the image', async () => {
    const a = await library.image('a.png');
    const move = library.sorting(a, 'Cats');
    const search = a.ended('search', { kind: 'done', result: { verdict: 'no-match' } });
    const path = await library.write([library.started, a.found, a.scanned, search, a.intended(move)]);
    library.lose(path, search);
    await library.repair();
    const state = await library.state(a.id);
    assert.deepEqual(
      STAGE_IDS.filter((stage) => !state?.stages[stage]),
      ['categorize', 'sync'],
    );
    assert.deepEqual(state?.intent?.operations, [move]);
  });

  it('leaves no stage to be done of a sorted image, where it is no more', async () => {
    const a = await library.image('a.png');
    const move = sort(a);
    const result = { suggested: 'Cats', learned: false, final: 'Cats', because: 'a rule', destination: move.to };
    const search = a.ended('search', { kind: 'done', result: { verdict: 'no-match' } });
    const categorized = a.ended('categorize', { kind: 'done', result });
    const path = await library.write([library.started, a.found, a.scanned, search, a.operated(move), categorized]);
    library.lose(path, search);
    const [repair] = await library.repair();
    assert.equal((await library.state(a.id))?.stages.search?.outcome.kind, 'skipped');
    assert.doesNotMatch(repair?.details.join() ?? '', /found out/, 'where it is was known');
  });

  it('passes over an inbox of former runs that is a file by now, or in the sorted folder', async () => {
    await library.image('a.png');
    const file = library.put(join(library.working, '../Other'), 'x');
    const sorted = join(library.sorted, 'x');
    mkdirSync(sorted);
    for (const inbox of [file, sorted]) {
      const path = await library.write([library.started, SCAN_ENDED, resumedFrom(inbox)]);
      library.lose(path, SCAN_ENDED);
      assert.equal((await library.repair()).length, 1, inbox);
    }
  });

  it('is not stopped by one file that can’t be read', async () => {
    const [a, b] = [await library.image('a.png'), await library.image('b.png')];
    const move = sort(a);
    const real = new NodeFiles();
    const refuse = (): Promise<never> =>
      Promise.reject(new ImageError('unreadable', `${move.to} can’t be read (EACCES).`));
    const path = await library.write([library.started, a.found, a.scanned, a.operated(move), b.found]);
    library.lose(path, b.found);
    const hash = (file: string, signal: AbortSignal): Promise<ContentHash | undefined> =>
      file === move.to ? refuse() : real.hash(file, signal);
    assert.equal((await library.repair({ files: { stat: (file) => real.stat(file), hash } })).length, 1);
    assert.deepEqual((await library.state(a.id))?.operations, [move]);
  });

  it('takes an image for being in its place as long as nobody can look there', async () => {
    const [a, b] = [await library.image('a.png'), await library.image('b.png')];
    library.put(join(library.sorted, 'Cats', 'twin.png'), 'a.png');
    const real = new NodeFiles();
    const stat = (file: string): ReturnType<NodeFiles['stat']> =>
      file === a.image.path ? Promise.reject(new ImageError('unreadable', 'EACCES')) : real.stat(file);
    const path = await library.write([library.started, a.found, a.scanned, b.found]);
    library.lose(path, b.found);
    await library.repair({ files: { stat, hash: (file, signal) => real.hash(file, signal) } });
    assert.equal((await library.state(a.id))?.stages.categorize, undefined);
  });

  it('tells a move from a copy, and finds the moved one, where another picture of that name has come', async () => {
    const [a, b] = [await library.image('a.png'), await library.image('b.png')];
    const [one, other] = [library.sorting(a, 'Cats'), library.sorting(b, 'Dogs')];
    library.put(one.to, 'a.png');
    library.put(other.to, 'b.png');
    for (const { from } of [one, other]) library.put(from, 'another picture');
    const result = { suggested: 'Cats', learned: false, final: 'Cats', because: 'a rule', destination: one.to };
    const sorted = a.ended('categorize', { kind: 'done', result });
    const lines = [a.intended(one), a.operated(one), sorted, b.waits('review')];
    const path = await library.write([library.started, a.found, a.scanned, b.found, b.scanned, ...lines]);
    library.lose(path, a.intended(one), a.operated(one), b.waits('review'));
    await library.repair();
    assert.deepEqual(
      (await library.state(a.id))?.operations.map(({ op }) => op),
      ['move'],
    );
    assert.equal((await library.state(b.id))?.stages.categorize?.outcome.result?.destination, other.to);
  });

  it('knows the size and the time of a moved image where another picture of that name has come', async () => {
    const a = await library.image('a.png');
    const move = sort(a);
    library.put(move.from, 'another picture');
    const path = await library.write([library.started, a.found, a.scanned, a.operated(move), runEnded]);
    library.lose(path, a.found);
    await library.repair();
    assert.deepEqual((await library.state(a.id))?.image, a.image);
  });

  it('does not look for an image whose withdrawn decision tells all of it', async () => {
    const a = storyOf('a.png', { path: '/gone/a.png' });
    const state = { image: a.image, stages: {}, operations: [] };
    const path = await library.write([library.started, a.found, { kind: 'decision-withdrawn', at: AT, state }]);
    library.lose(path, a.found);
    const [repair] = await library.repair();
    assert.equal(repair?.details.length, 1, repair?.details.at(-1));
  });

  it('tells once of an image that lies in two of the inboxes', async () => {
    const nested = join(library.inbox, 'sub');
    const a = await library.image('a.png', nested);
    library.put(`${a.image.path}.xmp`, OUR_SIDECAR);
    const path = await library.write([library.started, SCAN_ENDED, resumedFrom(nested)]);
    library.lose(path, SCAN_ENDED);
    const [repair] = await library.repair();
    assert.equal(told(await library.events()), 'run-started run-resumed image-found');
    assert.equal(repair?.details.length, 2);
  });

  it('finds what a run has sorted whose own beginning is lost, where the one before was to sort nothing', async () => {
    const [a, b] = [await library.image('a.png'), await library.image('b.png')];
    const begun = { ...library.started, plan: { ...library.plan, to: 'analyze' } } as JournalEvent;
    const goesOn = { ...resumed, plan: library.plan } as JournalEvent;
    const [move, other] = [sort(a), library.sorting(b, 'Dogs')];
    const path = await library.write([
      begun,
      a.found,
      a.scanned,
      b.found,
      goesOn,
      b.intended(other),
      a.settled('processed'),
    ]);
    library.lose(path, goesOn);
    await library.repair();
    assert.equal((await library.state(a.id))?.stages.categorize?.outcome.result?.destination, move.to);
  });

  for (const plan of [{ to: 'xmp' }, { skip: ['categorize'] }] as const) {
    it(`takes nothing for sorted by a run with ${JSON.stringify(plan)}, though the user has sorted it`, async () => {
      const [a, b] = [await library.image('a.png'), await library.image('b.png')];
      library.put(join(library.sorted, 'Mine', 'a.png'), 'a.png');
      rmSync(a.image.path);
      const begun = { ...library.started, plan: { ...library.plan, ...plan } } as JournalEvent;
      const path = await library.write([begun, b.found, a.found, a.scanned, a.settled('processed')]);
      library.lose(path, b.found);
      await library.repair();
      assert.equal(told(await library.events()), 'run-started image-found scan image-settled');
    });
  }
});
