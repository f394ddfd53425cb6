import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { SqljsStore } from '../../../src/adapters/sqljs/sqljsStore.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { encodeEvent, Journal, noAnswers, readEvents } from '../../../src/core/journal/journal.ts';
import { replay, type Replay } from '../../../src/core/journal/replay.ts';
import type { SearchAnswer } from '../../../src/core/ports/reverseImageSearch.ts';
import { collect } from '../../adapters/support/collect.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { AT, moved, resumed, runEnded, started, storyOf } from './story.ts';

const wasm = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
const NO_MATCH: SearchAnswer = { kind: 'no-match', best: 12.5, threshold: 80 };

const answered = (sha256: ReturnType<typeof storyOf>['sha256']): JournalEvent => ({
  kind: 'answered',
  at: 1000,
  sha256,
  provider: 'iqdb',
  variant: '80',
  answer: NO_MATCH,
});

/** A working folder with a journal of these events, and a database. */
async function scene(events: readonly JournalEvent[]) {
  const folder = await temporaryFolder();
  const journals = new NodeJournalFolder(folder.path);
  const file = await journals.create([]);
  const journal = new Journal(file);
  for (const event of events) await journal.append(event);
  const store = await SqljsStore.open({ file: join(folder.path, 'image-inbox.db'), wasm, log: new CollectedLog() });
  return {
    journal,
    journals,
    store,
    path: file.path,
    async [Symbol.asyncDispose]() {
      store.close();
      await journal.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function replayed(...events: readonly JournalEvent[]): Promise<Replay> {
  await using s = await scene(events);
  const found = await replay(s.journal);
  assert.ok(found);
  return found;
}

const [a, b, c, d] = [storyOf('a.jpg'), storyOf('b.jpg'), storyOf('c.jpg'), storyOf('d.jpg')];
const failure = { reason: 'nas-unreachable', message: 'gone', attempts: 1 } as const;

describe('a journal that is opened again', () => {
  it('is of no run when nothing in it began one', async () => {
    await using s = await scene([]);
    assert.equal(await replay(s.journal), undefined);
    await using torn = await scene([a.found, a.scanned]);
    assert.equal(await replay(torn.journal), undefined);
  });

  it('tells which run it is of, as it was last asked for, and that it was killed', async () => {
    const found = await replayed(started, a.found, resumed);
    assert.deepEqual([found.runId, found.startedAt], ['a run', AT]);
    assert.deepEqual([found.plan.command, found.plan.offline], ['resume', false]);
    assert.equal(found.ended, undefined);
  });

  it('tells how the run ended, unless it was gone on with', async () => {
    assert.deepEqual((await replayed(started, runEnded)).ended, runEnded);
    assert.equal((await replayed(started, runEnded, resumed)).ended, undefined);
  });

  it('knows what is left to do: what is under way, parked, or failed after the scan', async () => {
    const found = await replayed(
      started,
      ...[a.found, a.scanned],
      ...[b.found, b.scanned, b.waits('review'), b.settled('awaiting-review')],
      ...[c.found, c.scanned, c.ended('sync', { kind: 'failed', error: failure }), c.settled('failed')],
      ...[d.found, d.scanned, d.settled('processed')],
    );
    assert.deepEqual([...found.open.keys()], [a.id, b.id, c.id]);
    assert.deepEqual([...found.settled], [d.id]);
    assert.equal(found.open.get(b.id)?.fate, 'awaiting-review');
  });

  it('leaves what failed at the scan to the next scan', async () => {
    const found = await replayed(started, a.found, a.ended('scan', { kind: 'failed', error: failure }), a.settled('failed')); // prettier-ignore
    assert.equal(found.open.size, 0);
    assert.deepEqual([...found.settled], [a.id]);
  });

  it('has an image open again that was found or taken up again, and knows each once', async () => {
    const settled = [a.found, a.scanned, a.settled('processed')];
    assert.deepEqual([...(await replayed(started, ...settled)).settled], [a.id]);
    const again = await replayed(started, ...settled, a.found);
    assert.deepEqual([...again.open.keys()], [a.id]);
    assert.equal(again.settled.size, 0);
    const twice = await replayed(started, ...settled, a.found, a.scanned, a.settled('processed'));
    assert.equal(twice.open.size, 0);
    assert.deepEqual([...twice.settled], [a.id]);
  });

  it('tells the database what that has missed, and nothing twice', async () => {
    await using s = await scene([started, answered(a.sha256)]);
    const { offset } = s.journal.position;
    await s.journal.append(answered(b.sha256));
    const known = (sha256: typeof a.sha256) => s.store.answer('iqdb', '80', sha256, 0);
    await s.store.checkpoint({ journal: s.journal.number, offset });
    await replay(s.journal, s.store);
    assert.equal(known(a.sha256), undefined, 'the database says that it knows it');
    assert.deepEqual(known(b.sha256), NO_MATCH);
  });

  it('tells a database of an older journal everything, and one of a newer journal nothing', async () => {
    await using s = await scene([started, answered(a.sha256)]);
    await s.store.checkpoint({ journal: s.journal.number + 1, offset: 0 });
    await replay(s.journal, s.store);
    assert.equal(s.store.answer('iqdb', '80', a.sha256, 0), undefined);
    await s.store.checkpoint({ journal: s.journal.number - 1, offset: 1e9 });
    await replay(s.journal, s.store);
    assert.deepEqual(s.store.answer('iqdb', '80', a.sha256, 0), NO_MATCH);
  });

  it('tells the database what was sorted, and what was taken back', async () => {
    const result = {
      suggested: 'Photos',
      learned: false,
      final: 'Photos',
      because: 'a rule',
      destination: '/out/Photos/a.jpg',
    };
    const sorted = [a.found, a.scanned, a.operated(moved('/in/a.jpg', result.destination)), a.ended('categorize', { kind: 'done', result })]; // prettier-ignore
    await using s = await scene([started, ...sorted, a.settled('processed')]);
    await replay(s.journal, s.store);
    assert.deepEqual(
      s.store.sortedFiles(a.sha256).map(({ path, source }) => [path, source]),
      [[result.destination, '/in/a.jpg']],
    );
    const state = (await replayed(started, a.found, a.scanned)).open.get(a.id);
    assert.ok(state);
    await s.journal.append({ kind: 'decision-withdrawn', at: AT, state, unsorted: result });
    const found = await replay(s.journal, s.store);
    assert.deepEqual(s.store.sortedFiles(a.sha256), []);
    assert.deepEqual([...(found?.open.keys() ?? [])], [a.id]);
  });

  it('leaves the database alone where the image was not sorted', async () => {
    const skipped = a.ended('categorize', { kind: 'skipped', why: 'off' });
    const result = { destination: '/nas/a.jpg', copied: 1, unchanged: 0, bytes: 5 };
    const synced = a.ended('sync', { kind: 'done', result });
    const operated = a.operated(moved('/in/a.jpg', '/out/a.jpg'));
    await using s = await scene([started, a.found, a.scanned, operated, skipped, synced]);
    await replay(s.journal, s.store);
    assert.deepEqual(s.store.sortedFiles(a.sha256), []);
  });
});

describe('the journal', () => {
  it('has its events in the order of the calls, each with the offset behind it', async () => {
    await using s = await scene([started]);
    await Promise.all([s.journal.append(a.found), s.journal.appendDurably(a.scanned), s.journal.append(runEnded)]);
    const events = await collect(s.journal.events());
    assert.deepEqual(events.map(({ event }) => event), [started, a.found, a.scanned, runEnded]); // prettier-ignore
    assert.deepEqual(s.journal.position, { journal: s.journal.number, offset: events.at(-1)?.end });
    assert.equal(s.journal.number, 1);
  });

  it('passes over what services said, for those whom it does not concern', async () => {
    await using s = await scene([started, answered(a.sha256), a.found, answered(b.sha256)]);
    const kinds = async (answers?: (end: number) => boolean) =>
      (await collect(s.journal.events(answers))).map(({ event }) => event.kind);
    assert.deepEqual(await kinds(), ['run-started', 'answered', 'image-found', 'answered']);
    assert.deepEqual(await kinds(noAnswers), ['run-started', 'image-found']);
    const [, , { end } = { end: 0 }] = await collect(s.journal.events());
    assert.deepEqual(await kinds((at) => at > end), ['run-started', 'image-found', 'answered']);
  });

  it('of a newer version is not read, which says what to do', async () => {
    await using s = await scene([started]);
    const text = '{"kind":"image-dreamt","of":"sheep"';
    await appendFile(s.path, `${text},"crc":"${crc32(`${text}}`).toString(16).padStart(8, '0')}"}\n`);
    const reader = await s.journals.readLatest();
    assert.ok(reader);
    await assert.rejects(collect(readEvents(reader).events()), (error: Error & { reason?: string }) => {
      assert.equal(error.reason, 'newer-version');
      assert.ok(error.message.includes(s.path));
      assert.match(error.message, /"image-dreamt".*newer version/);
      return true;
    });
  });

  it('is read by another process under its own number', async () => {
    await using s = await scene([started, a.found]);
    const reader = await s.journals.readLatest();
    assert.ok(reader);
    assert.equal(readEvents(reader).number, 1);
    assert.deepEqual(encodeEvent(started), JSON.stringify(started));
    assert.deepEqual((await collect(readEvents(reader).events())).map(({ event }) => event), [started, a.found]); // prettier-ignore
  });
});
