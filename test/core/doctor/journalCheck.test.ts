import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import { JournalCheck, type JournalCheckParts } from '../../../src/core/doctor/checks/journalCheck.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { encodeEvent, Journal } from '../../../src/core/journal/journal.ts';
import { digestOf } from '../../../src/core/journal/replay.ts';
import type { ImageId, RunId } from '../../../src/core/model/ids.ts';
import type { JournalReader } from '../../../src/core/ports/journalFile.ts';
import type { LockFacts } from '../../../src/core/ports/lockProbe.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';

const found = (n: number): JournalEvent => ({
  kind: 'image-found',
  image: { id: `i${n}` as ImageId, path: `/in/${n}.jpg`, size: n, mtimeMs: n },
});
const failed = (n: number): JournalEvent[] => [
  found(n),
  { kind: 'stage-ended', image: `i${n}` as ImageId, stage: 'scan', record: { outcome: { kind: 'failed', error: { reason: 'corrupt', message: 'no', attempts: 1 } }, ms: 1 } },
  { kind: 'image-settled', at: '2026-01-01T00:00:01Z', image: `i${n}` as ImageId, fate: 'failed' },
]; // prettier-ignore

/** A journal with a digest of all but its end. */
async function scene() {
  const folder = await temporaryFolder();
  const journals = new NodeJournalFolder(folder.path);
  const start: JournalEvent = { kind: 'run-started', at: '2026-01-01T00:00:00Z', runId: 'r' as RunId, version: '1', plan: { command: 'process', sorted: '/s', skip: [], reprocess: false, offline: false, overrides: {} } }; // prettier-ignore
  const file = await journals.create([start, ...failed(1)].map(encodeEvent));
  const journal = new Journal(file);
  journal.follow(await digestOf(journal));
  await journal.checkpoint(() => Promise.resolve());
  const digested = journal.position.offset;
  for (const event of failed(2)) await journal.append(event);
  await journal.append({ kind: 'run-ended', at: '2026-01-01T00:00:02Z', outcome: 'completed' });
  await journal.close();
  /** from where lines were read, one after the other */
  const reads: number[] = [];
  const watched = {
    async readLatest(): Promise<JournalReader | undefined> {
      const reader = await journals.readLatest();
      return (
        reader && {
          ...reader,
          lines: (from = 0) => {
            reads.push(from);
            return reader.lines(from);
          },
        }
      );
    },
  };
  const check = new JournalCheck({
    journals: watched,
    files: { stat: async (path) => ({ size: (await stat(path)).size, mtimeMs: 0 }) },
    lock: { look: () => Promise.resolve({ kind: 'free' }) },
  });
  return { path: file.path, digested, reads, check, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('the check of the journal', () => {
  it('reads no line that stands in the digest, which tells of the images before', async () => {
    await using s = await scene();
    const [journal, run, images] = await s.check.look();
    assert.deepEqual(s.reads, [s.digested]);
    assert.match(journal?.detail ?? '', /is whole \(\d.*\)\./);
    assert.match(run?.detail ?? '', /completed/);
    assert.equal(images?.detail, '2 images failed.');
  });

  it('finds a byte that was changed before the digest, and says in which line', async () => {
    await using s = await scene();
    const bytes = readFileSync(s.path);
    const at = bytes.indexOf('/in/1.jpg');
    bytes[at + 4] = 0x39;
    writeFileSync(s.path, bytes);
    const [journal] = await s.check.look();
    assert.equal(journal?.status, 'problem');
    assert.match(journal.detail, /damaged at line 2 /);
    assert.equal(journal.isRepairable, true);
  });
});

describe('What the check of the journal makes of', () => {
  const plan = { command: 'process', sorted: '/s', skip: [], reprocess: false, offline: false, overrides: {} } as const;
  const start: JournalEvent = {
    kind: 'run-started',
    at: '2026-01-01T00:00:00Z',
    runId: 'r' as RunId,
    version: '1',
    plan,
  };
  const ended: JournalEvent = { kind: 'run-ended', at: '2026-01-01T00:00:02Z', outcome: 'completed' };

  /** @returns `status title: detail whatToDo` of each finding, and of which a repair is offered */
  const look = async (
    events: readonly JournalEvent[] | undefined,
    lock: LockFacts = { kind: 'free' },
    change: (path: string) => void = () => undefined,
    files?: JournalCheckParts['files'],
  ) => {
    await using folder = await temporaryFolder();
    const journals = new NodeJournalFolder(folder.path);
    if (events) {
      const file = await journals.create(events.map(encodeEvent));
      await file.close();
      change(file.path);
    }
    const check = new JournalCheck({
      journals,
      files: files ?? new NodeFiles(),
      lock: { look: () => Promise.resolve(lock) },
    });
    const found = await check.look();
    const lines = found.map(({ status, title, detail, whatToDo }) => `${status} ${title}: ${detail} ${whatToDo ?? ''}`);
    return { lines, text: lines.join('\n'), repairable: found.filter(({ isRepairable }) => isRepairable).length };
  };
  const held: LockFacts = { kind: 'held', pid: 1, command: 'process', since: '2026-01-01T00:00:00Z' };
  const tear = (path: string): void => appendFileSync(path, '{"kind":"scan');

  it('a folder in which there was no run', async () => {
    assert.deepEqual((await look(undefined)).lines, ['ok Journal: There is none: there was no run yet. ']);
  });

  it('a journal whose beginning is lost: a run that is on may still be writing it', async () => {
    const { lines, text, repairable } = await look([ended]);
    assert.equal(lines.length, 1);
    assert.match(text, /^problem Journal: .*000001\.ndjson does not tell how its run began.*doctor --repair/);
    assert.equal(repairable, 1);
    const atWork = await look([ended], held);
    assert.match(atWork.text, /^ok Journal: /);
    assert.equal(atWork.lines.length, 1);
  });

  it('a line that was cut off, which a run that is on is writing right now', async () => {
    const { lines, text } = await look([start, ended], undefined, tear);
    assert.match(text, /^warning Journal: .*cut off \(13 bytes\).*Nothing/);
    assert.equal(lines.length, 2);
    for (const lock of [held, { ...held, kind: 'held-elsewhere', host: 'cellar', path: '/w/lock' }] as const) {
      const atWork = await look([start], lock, tear);
      assert.match(atWork.text, /^ok Journal: .* is whole/);
      assert.match(atWork.text, /^ok Last run: Begun 2026-01-01T00:00:00Z, and still at work/m);
    }
    assert.match((await look([start, ended], { kind: 'left-behind' }, tear)).text, /^warning Journal/);
  });

  it('a journal that is gone in the moment after it was read', async () => {
    const { text } = await look([start, ended], undefined, undefined, { stat: () => Promise.resolve(undefined) });
    assert.match(text, /^ok Journal/);
  });

  it('a journal that it can’t read: only a damaged one is for the repair, and a defect is none of it', async () => {
    const unknown = { kind: 'dreamt' } as unknown as JournalEvent;
    const { text, repairable } = await look([start, unknown]);
    assert.match(text, /^problem Journal: .*newer version/);
    assert.equal(repairable, 0);
    const stat = () => Promise.reject(new TypeError('a defect'));
    await assert.rejects(look([start], undefined, undefined, { stat }), /a defect/);
  });

  it('a run that was interrupted, or cut off', async () => {
    assert.match((await look([start, { ...ended, outcome: 'interrupted' }])).text, /^warning Last run: .*interrupted before its end.*resume/m); // prettier-ignore
    assert.match((await look([start, found(1)])).text, /^warning Last run: .*cut off before its end.*resume/m);
  });

  it('images under way when a run was cut off, which have not failed', async () => {
    assert.doesNotMatch((await look([start, found(1)])).text, /Failed images/);
  });

  it('a review that is open, and one that is over', async () => {
    const review: JournalEvent = { ...start, plan: { ...plan, command: 'review' } };
    assert.match((await look([review])).text, /^ok Last run: .*a review that is open, or was left/m);
    assert.match((await look([review, ended])).text, /^ok Last run: .*and completed/m);
    assert.match((await look([review, { ...ended, outcome: 'interrupted' }])).text, /^warning Last run/m);
  });

  it('images that failed or wait: how many, and what to do', async () => {
    const waits = (n: number, why: 'review' | 'quota'): JournalEvent[] => [
      found(n),
      { kind: 'stage-ended', image: `i${n}` as ImageId, stage: 'search', record: { outcome: { kind: 'waiting', why, detail: 'd' }, ms: 1 } },
      { kind: 'image-settled', at: '2026-01-01T00:00:01Z', image: `i${n}` as ImageId, fate: `awaiting-${why}` },
    ]; // prettier-ignore
    const none = await look([start, ended]);
    assert.equal(none.lines.length, 2);
    const one = await look([start, ...failed(1), ...waits(2, 'review'), ...waits(3, 'quota'), { ...ended, errorReport: '/s/errors.md' }]); // prettier-ignore
    assert.match(one.text, /^warning Failed images: 1 image failed\. See \/s\/errors\.md/m);
    assert.match(one.text, /^ok Waiting for review: 1 image .*approve all/m);
    assert.match(one.text, /^ok Waiting for searches: 1 image .*resume/m);
    const two = await look([start, ...failed(1), ...failed(4), ...waits(2, 'review'), ...waits(5, 'review'), ...waits(3, 'quota'), ...waits(6, 'quota'), ended]); // prettier-ignore
    assert.match(two.text, /^warning Failed images: 2 images failed\. See image-inbox status/m);
    assert.match(two.text, /^ok Waiting for review: 2 images /m);
    assert.match(two.text, /^ok Waiting for searches: 2 images /m);
  });
});
