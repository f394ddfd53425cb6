import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { ContentHash, ImageId } from '../../../src/core/model/ids.ts';
import { resultOf, type ImageState } from '../../../src/core/model/imageState.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { undecided } from '../../../src/core/journal/fold.ts';
import type { JournalEvents } from '../../../src/core/journal/journal.ts';
import { manifestStates } from '../../../src/core/preview/manifestStates.ts';
import { imagesOf, manifestEntry, manifestText, type ManifestHead } from '../../../src/core/report/manifest.ts';
import { StatisticsSum } from '../../../src/core/report/statistics.ts';
import { AT, moved, runEnded, started, storyOf } from '../journal/story.ts';

const analysis = (style: Analysis['style']): Analysis => ({
  style,
  styleConfidence: 0.9,
  scores: {},
  persons: [],
  model: 'model',
  width: 3,
  height: 2,
  processingMs: 1,
});

const image = { id: '1' as ImageId, path: '/inbox/a.jpg', size: 1, mtimeMs: 0 };

const stateOf = (stages: Readonly<Partial<Record<StageId, StageOutcome<never>>>>): ImageState => ({
  image,
  stages: Object.fromEntries(Object.entries(stages).map(([id, outcome]) => [id, { outcome, ms: 7 }])),
  operations: [moved('/inbox/a.jpg', '/sorted/a.jpg')],
});

const done = (result: object): StageOutcome<never> => ({ kind: 'done', result: result as never });

interface Entry {
  readonly source: string;
  readonly stages: Readonly<Record<StageId, object>>;
}

const entryOf = (state: ImageState): Entry => JSON.parse(JSON.stringify(manifestEntry(state))) as Entry;

const journalOf = (...told: readonly JournalEvent[]): JournalEvents => ({
  number: 1,
  events: async function* () {
    for (const [i, event] of told.entries()) yield await Promise.resolve({ event, end: i });
  },
});

const HEAD: ManifestHead = {
  runId: '20260101_000000_abcd',
  startedAt: AT,
  endedAt: AT,
  outcome: 'completed',
  configuration: { folders: { inbox: '/in' } },
};

async function textOf(journal: JournalEvents): Promise<string> {
  let text = '';
  for await (const piece of manifestText(journal, HEAD, new StatisticsSum().result())) text += piece;
  return text;
}

async function endsOf(...told: readonly JournalEvent[]): Promise<readonly (readonly [string, string])[]> {
  const ends: (readonly [string, string])[] = [];
  for await (const { state, fate } of imagesOf(journalOf(...told))) ends.push([state.image.path, fate]);
  return ends;
}

describe('an image in the manifest', () => {
  for (const [style, words] of [
    ['drawing', 'anime style illustration'],
    ['photo', 'realistic photograph'],
    ['unsure', 'unsure'],
  ] as const) {
    it(`has its style in words, which are understood again: ${words}`, () => {
      const entry = manifestEntry(stateOf({ analyze: done(analysis(style)) }));
      const told = JSON.stringify({ ...entry, sha256: 'a', destination: '/sorted/a.jpg' });
      assert.match(told, new RegExp(`"style":"${words}"`));
      const [read] = [...manifestStates(`{"images":[${told}]}`)];
      assert.equal(read && resultOf(read.state, 'analyze')?.style, style);
    });
  }

  it('has its place, its category and its sidecar where it was sorted', () => {
    const sorted = {
      suggested: 'Cats',
      learned: false,
      final: 'Dogs',
      because: 'chosen',
      destination: '/sorted/a.jpg',
    };
    const xmp = { sidecar: '/inbox/a.jpg.xmp', written: true, tags: 1 };
    const scan = { sha256: 'abc' as ContentHash, md5: 'def', format: 'jpeg' };
    const { stages, ...facts } = entryOf(
      stateOf({ scan: done(scan), xmp: done(xmp), categorize: done({ ...sorted, sidecar: '/sorted/a.jpg.xmp' }) }),
    );
    assert.deepEqual(facts, {
      source: '/inbox/a.jpg',
      sha256: 'abc',
      destination: '/sorted/a.jpg',
      sidecar: '/sorted/a.jpg.xmp',
      category: 'Dogs',
      operations: [moved('/inbox/a.jpg', '/sorted/a.jpg')],
    });
    assert.deepEqual(stages.scan, { status: 'done', ms: 7, ...scan });
    assert.deepEqual(stages.sync, { status: 'pending' });
    // the one in the inbox went along, or there is none
    assert.ok(!('sidecar' in entryOf(stateOf({ xmp: done(xmp), categorize: done(sorted) }))));
  });

  it('has the sidecar that was written where it still lies in the inbox, and nothing that is not so yet', () => {
    const xmp = { sidecar: '/inbox/a.jpg.xmp', written: true, tags: 1 };
    assert.deepEqual(Object.keys(entryOf(stateOf({ xmp: done(xmp) }))), ['source', 'sidecar', 'stages', 'operations']);
    assert.deepEqual(Object.keys(entryOf(stateOf({}))), ['source', 'stages', 'operations']);
  });

  it('says why a stage was left out, what is waited for and until when, and what failed', () => {
    const error = { reason: 'network', message: 'no answer', attempts: 3 } as const;
    const { stages } = entryOf(
      stateOf({
        search: { kind: 'waiting', why: 'quota', detail: 'tomorrow', until: AT },
        review: { kind: 'waiting', why: 'review', detail: 'a person decides' },
        analyze: { kind: 'skipped', why: 'switched off' },
        sync: { kind: 'failed', error },
      }),
    );
    assert.deepEqual(stages.search, { status: 'waiting', ms: 7, why: 'quota', detail: 'tomorrow', until: AT });
    assert.deepEqual(stages.review, { status: 'waiting', ms: 7, why: 'review', detail: 'a person decides' });
    assert.deepEqual(stages.analyze, { status: 'skipped', ms: 7, why: 'switched off' });
    assert.deepEqual(stages.sync, { status: 'failed', ms: 7, error });
  });

  it('tells of a match beside the verdict, and of the search that found none', () => {
    const match = { provider: 'saucenao', similarity: 91.5, tags: { ...NO_TAGS, general: ['sky'] } };
    const found = entryOf(stateOf({ search: done({ verdict: 'found', match }) }));
    assert.deepEqual(found.stages.search, { status: 'done', ms: 7, verdict: 'found', ...match });
    const none = entryOf(stateOf({ search: done({ verdict: 'no-match', bestSimilarity: 40 }) }));
    assert.deepEqual(none.stages.search, { status: 'done', ms: 7, verdict: 'no-match', bestSimilarity: 40 });
  });

  it('keeps what was found by a stage that then failed', () => {
    const result = analysis('photo');
    const error = { reason: 'model', message: 'no', attempts: 1 } as const;
    const { stages } = entryOf(stateOf({ analyze: { kind: 'failed', error, result: result as never } }));
    assert.deepEqual(stages.analyze, { status: 'failed', ms: 7, error, ...result, style: 'realistic photograph' });
  });
});

describe('the manifest', () => {
  it('is JSON with everything in it, of no image, of one and of several', async () => {
    const [a, b] = [storyOf('a.jpg'), storyOf('b.jpg')];
    const told = [a.found, a.scanned, b.found, a.settled('processed'), b.settled('failed')];
    for (const [events, count] of [
      [[], 0],
      [[a.found, a.scanned, a.settled('processed')], 1],
      [told, 2],
    ] as const) {
      const text = await textOf(journalOf(started, ...events, runEnded));
      const { images, ...head } = JSON.parse(text) as { readonly images: readonly Entry[] };
      assert.equal(images.length, count);
      assert.deepEqual(head, { version: 1, ...HEAD, statistics: new StatisticsSum().result() });
      assert.equal(text, `${JSON.stringify(JSON.parse(text), null, 2)}\n`, 'a person can read it');
    }
  });

  it('tells of each image once, as it ended, those that ended for good first', async () => {
    const [a, b, c, d] = [storyOf('a.jpg'), storyOf('b.jpg'), storyOf('c.jpg'), storyOf('d.jpg')];
    const ends = await endsOf(
      started,
      a.found,
      b.found,
      c.found,
      a.scanned,
      b.settled('processed'),
      a.settled('awaiting-quota'),
      c.settled('failed'),
      {
        kind: 'image-passed',
        image: d.image,
        outcome: { kind: 'skipped', why: 'a link', final: true },
        fate: 'skipped',
      },
      { kind: 'scan-ended', at: AT },
      // tried again
      c.scanned,
      c.settled('processed'),
      runEnded,
    );
    assert.deepEqual(ends, [
      ['/in/b.jpg', 'processed'],
      ['/in/d.jpg', 'skipped'],
      ['/in/c.jpg', 'processed'],
      ['/in/a.jpg', 'awaiting-quota'],
    ]);
  });

  it('says that an image has failed which was cut off in the middle, and that one waits which did', async () => {
    const [a, b] = [storyOf('a.jpg'), storyOf('b.jpg')];
    assert.deepEqual(await endsOf(started, a.found, b.found, a.scanned, b.scanned, b.waits('review')), [
      ['/in/a.jpg', 'failed'],
      ['/in/b.jpg', 'awaiting-review'],
    ]);
  });

  it('follows an image whose decision was taken back after it had been sorted, and one that the NAS came back for', async () => {
    const [a, b] = [storyOf('a.jpg'), storyOf('b.jpg')];
    const decision = { decision: 'approved', tags: NO_TAGS } as const;
    const decided: JournalEvent = { kind: 'decided', at: AT, image: a.id, decision };
    const state: ImageState = undecided({ image: a.image, stages: {}, operations: [], decision });
    assert.deepEqual(
      await endsOf(
        a.found,
        decided,
        a.settled('processed'),
        { kind: 'decision-withdrawn', at: AT, state },
        a.settled('awaiting-review'),
        b.found,
        b.ended('sync', { kind: 'waiting', why: 'retry', detail: 'the NAS is away' }),
        b.settled('processed'),
        b.ended('sync', { kind: 'failed', error: { reason: 'no-space', message: 'full', attempts: 1 } }),
        b.settled('failed'),
      ),
      [
        ['/in/a.jpg', 'awaiting-review'],
        ['/in/b.jpg', 'failed'],
      ],
    );
  });

  it('shows every event to who asks for them, those without an image too', async () => {
    const a = storyOf('a.jpg');
    const told = [started, a.found, a.settled('processed'), runEnded];
    const seen: JournalEvent[] = [];
    for await (const _ of imagesOf(journalOf(...told), (event) => void seen.push(event))) continue;
    assert.deepEqual(seen, told);
  });
});
