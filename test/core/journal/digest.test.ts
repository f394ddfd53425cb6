import assert from 'node:assert/strict';
import { Digest } from '../../../src/core/journal/digest.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { digestOf, replay } from '../../../src/core/journal/replay.ts';
import type { ContentHash, ImageId, RunId } from '../../../src/core/model/ids.ts';
import type { FoundImage } from '../../../src/core/model/image.ts';
import type { ImageFate, StageOutcome } from '../../../src/core/model/outcome.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { imagesOf } from '../../../src/core/report/manifest.ts';
import { StatisticsSum } from '../../../src/core/report/statistics.ts';

const idOf = (n: number): ImageId => n.toString(16).padStart(16, '0') as ImageId;
const imageOf = (n: number): FoundImage => ({ id: idOf(n), path: `/in/夏 ${n}.jpg`, size: 1000 + n, mtimeMs: n + 0.5 });
const at = (n: number): string => new Date(1_700_000_000_000 + n * 1000).toISOString();
const ended = (n: number, stage: StageId, outcome: StageOutcome): JournalEvent =>
  ({ kind: 'stage-ended', image: idOf(n), stage, record: { outcome, ms: n }, requests: { iqdb: n % 3 }, retries: n % 2 }); // prettier-ignore
const settled = (n: number, fate: ImageFate): JournalEvent => ({ kind: 'image-settled', at: at(n), image: idOf(n), fate }); // prettier-ignore
const scanned = (n: number): JournalEvent =>
  ended(n, 'scan', { kind: 'done', result: { format: 'jpeg', sha256: 'ab'.repeat(32) as ContentHash, md5: '' } });
const found: StageOutcome = {
  kind: 'done',
  result: { verdict: 'found', match: { provider: 'danbooru-md5', url: '', tags: { ...NO_TAGS, general: ['a', 'b'] }, sources: [] } },
}; // prettier-ignore
const plan = (command: 'process' | 'resume') => ({ command, sorted: '/Sorted', skip: [], reprocess: false, offline: false, overrides: {} }); // prettier-ignore

/** Images that end in every way in which one can, one after the other, and a run that is resumed and ends. */
const EVENTS: readonly JournalEvent[] = [
  { kind: 'run-started', at: at(0), runId: 'run' as RunId, version: '1', plan: plan('process') },
  { kind: 'image-carried', state: { image: imageOf(99), stages: {}, operations: [] } },
  ...[1, 2, 3, 4, 5, 6, 7].map((n): JournalEvent => ({ kind: 'image-found', image: imageOf(n) })),
  ...[1, 2, 3, 4, 5, 6].map(scanned),
  // processed
  ended(1, 'search', found),
  settled(1, 'processed'),
  // failed, and processed at the second try
  ended(2, 'search', { kind: 'failed', error: { reason: 'network', message: 'no', attempts: 1 } }),
  settled(2, 'failed'),
  // waits for a person, who decides
  ended(3, 'search', found),
  ended(3, 'review', { kind: 'waiting', why: 'review', detail: 'a person decides' }),
  settled(3, 'awaiting-review'),
  // for quota
  ended(4, 'search', { kind: 'waiting', why: 'quota', detail: 'tomorrow', until: at(9000) }),
  settled(4, 'awaiting-quota'),
  // for the NAS
  ended(5, 'sync', { kind: 'waiting', why: 'retry', detail: 'not there' }),
  settled(5, 'processed'),
  // passed over, at once or later
  { kind: 'image-passed', image: imageOf(8), outcome: { kind: 'skipped', why: 'it has a sidecar already', final: true }, fate: 'skipped' }, // prettier-ignore
  ended(6, 'scan', { kind: 'skipped', why: 'duplicate', final: true }),
  settled(6, 'skipped'),
  // no image
  ended(7, 'scan', { kind: 'failed', error: { reason: 'corrupt', message: 'no', attempts: 1 } }),
  settled(7, 'failed'),
  { kind: 'run-ended', at: at(20), outcome: 'interrupted', manifest: '/Sorted/manifest.json' },
  { kind: 'run-resumed', at: at(100), version: '1', plan: plan('resume') },
  ended(2, 'search', found),
  settled(2, 'processed'),
  { kind: 'decided', at: at(101), image: idOf(3), decision: { decision: 'approved', tags: NO_TAGS } },
  ended(3, 'review', { kind: 'done', result: { decision: 'approved', tags: { ...NO_TAGS, general: ['a'] } } }),
  settled(3, 'processed'),
  { kind: 'decision-withdrawn', at: at(102), state: { image: imageOf(3), stages: {}, operations: [], fate: 'awaiting-review' } }, // prettier-ignore
  { kind: 'intended', image: idOf(99), stage: 'categorize', operations: [] },
  { kind: 'scan-ended', at: at(103) },
  { kind: 'run-ended', at: at(120), outcome: 'completed' },
];

const journalOf = (events: readonly JournalEvent[], saved?: { offset: number; lines: readonly string[] }) => ({
  number: 1,
  saved: () => Promise.resolve(saved),

  async *events(_?: unknown, from = 0) {
    for (const [n, event] of events.entries()) if (n >= from) yield { event, end: n + 1 };
  },
});

const digested = (events: readonly JournalEvent[]): Digest => {
  const digest = new Digest();
  for (const event of events) digest.apply(event);
  return digest;
};

const told = (digest: Digest): unknown => ({
  run: digest.run,
  ended: digest.ended,
  open: [...digest.open],
  settled: [...digest.settled].sort(),
  unfinished: [...digest.unfinished()],
  statistics: digest.statistics(),
});

describe('Digest', () => {
  it('tells the same of a journal that is read in two parts, wherever it is cut', async () => {
    for (let cut = 0; cut <= EVENTS.length; cut++) {
      const lines = digested(EVENTS.slice(0, cut)).lines();
      assert.ok(lines);
      const inTwo = await digestOf(journalOf(EVENTS, { offset: cut, lines }));
      assert.deepEqual(told(inTwo), told(digested(EVENTS)), `cut behind event ${cut}`);
      assert.deepEqual(inTwo.lines(), digested(EVENTS).lines());
    }
  });

  it('adds up what the manifest would list', async () => {
    for (let end = 1; end <= EVENTS.length; end++) {
      const sum = new StatisticsSum();
      const items = imagesOf(journalOf(EVENTS.slice(0, end)), (event) => sum.addEvent(event));
      const unfinished: unknown[] = [];
      for await (const { state, fate } of items) {
        sum.addImage(state, fate);
        if (fate !== 'processed' && fate !== 'skipped') unfinished.push(state);
      }
      const digest = digested(EVENTS.slice(0, end));
      assert.deepEqual(digest.statistics(), sum.result(), `${end} events`);
      const listed = [...digest.unfinished()].filter(({ fate }) => fate !== 'processed' && fate !== 'skipped');
      assert.deepEqual(listed.map(({ state }) => state), unfinished); // prettier-ignore
    }
  });

  it('is not read by another version, nor when lines of it are missing', () => {
    const lines = digested(EVENTS).lines() ?? [];
    assert.ok(Digest.read(lines));
    for (let n = 0; n < lines.length; n++) assert.equal(Digest.read(lines.toSpliced(n, 1)), undefined);
    assert.equal(Digest.read([lines[0]!.replace('"version":2', '"version":1'), ...lines.slice(1)]), undefined);
    assert.equal(Digest.read([]), undefined);
  });

  it('is not made where writing what is under way would hold up everything', () => {
    const digest = digested(EVENTS.slice(0, 1));
    const find = (first: number, end: number): void => {
      for (let n = first; n < end; n++) {
        const image = imageOf(n);
        digest.apply({ kind: 'image-found', image: { ...image, path: `/${'a'.repeat(100_000)}${image.path}` } });
      }
    };
    find(0, 160);
    assert.ok(digest.lines(), '16 MB');
    find(160, 170);
    assert.equal(digest.lines(), undefined, '17 MB');
  });

  it('is made of as many as wait where a tenth of 100,000 is unknown', () => {
    const digest = digested(EVENTS.slice(0, 1));
    for (let n = 0; n < 10_000; n++) digest.apply({ kind: 'image-found', image: imageOf(n) });
    const lines = digest.lines();
    assert.equal(lines && Digest.read(lines)?.open.size, 10_000);
  });

  it('holds no image of which the last word is said, however many they are', () => {
    const digest = digested(EVENTS.slice(0, 1));
    const passed: StageOutcome<never> = { kind: 'skipped', why: 'it has a sidecar already', final: true };
    for (let n = 1; n <= 300; n++) {
      digest.apply({ kind: 'image-found', image: imageOf(n) });
      digest.apply(scanned(n));
      digest.apply(settled(n, 'processed'));
      digest.apply({ kind: 'image-passed', image: imageOf(1000 + n), outcome: passed, fate: 'skipped' });
    }
    assert.equal(digest.size, 0);
    assert.equal(digest.settled.size, 600);
    digest.apply({ kind: 'image-found', image: imageOf(301) });
    assert.equal(digest.size, 1);
  });

  it('is told of an image that nobody has found, and knows of none', () => {
    const digest = digested([...EVENTS.slice(0, 1), scanned(1), settled(1, 'processed')]);
    assert.deepEqual([digest.open.size, digest.settled.size, digest.statistics().total], [0, 0, 0]);
  });

  it('names each of very many settled images once, on lines that can be read', () => {
    const digest = digested(EVENTS.slice(0, 1));
    const outcome: StageOutcome<never> = { kind: 'skipped', why: 'it has a sidecar already', final: true };
    for (let n = 0; n < 25_000; n++)
      digest.apply({ kind: 'image-passed', image: imageOf(n), outcome, fate: 'skipped' });
    const lines = digest.lines() ?? [];
    assert.equal(Digest.read(lines)?.settled.size, 25_000);
    assert.equal(lines.join('').split(idOf(7)).length - 1, 1);
    assert.ok(lines.every((line) => line.length < 250_000));
  });

  it('is passed over where the database knows less', async () => {
    const lines = digested(EVENTS.slice(0, 20)).lines()!;
    const answered: JournalEvent = {
      kind: 'answered',
      at: 1,
      sha256: 'ab'.repeat(32) as ContentHash,
      provider: 'iqdb',
      variant: '',
      answer: { kind: 'no-match', threshold: 80 },
    };
    const events = [...EVENTS.slice(0, 10), answered, ...EVENTS.slice(10)];
    for (const [offset, count] of [
      [9, 1],
      [10, 1],
      [11, 0],
      [20, 0],
      [99, 0],
    ] as const) {
      // prettier-ignore
      const remembered: unknown[] = [];
      const store = {
        position: { journal: 1, offset },
        rememberAnswer: (answer: unknown) => remembered.push(answer),
      };
      const journal = journalOf(events, { offset: 20, lines });
      await replay(journal, store as unknown as Parameters<typeof replay>[1]);
      assert.equal(remembered.length, count, `the database stands at ${offset}`);
    }
  });
});
