import assert from 'node:assert/strict';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { ContentHash, ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { Match } from '../../../src/core/model/match.ts';
import type { SearchResult } from '../../../src/core/model/stageResults.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { StatisticsSum, type Statistics } from '../../../src/core/report/statistics.ts';
import { started } from '../journal/story.ts';

const image = { id: '1' as ImageId, path: '/inbox/a.jpg', size: 4_000_000, mtimeMs: 0 };

const stateOf = (stages: ImageState['stages'] = {}): ImageState => ({ image, stages, operations: [] });

const match = (provider: string): Match =>
  ({ provider, tags: { ...NO_TAGS, general: ['sky', 'tree'], artist: ['somebody'] } }) as unknown as Match;

const searched = (result: SearchResult): ImageState =>
  stateOf({ search: { outcome: { kind: 'done', result }, ms: 1 } });

const waiting = (until?: string): ImageState =>
  stateOf({
    search: { outcome: { kind: 'waiting', why: 'quota', detail: 'tomorrow', ...(until && { until }) }, ms: 1 },
  });

const EARLY = '2026-11-23T10:00:00.000Z';
const MIDDLE = '2026-11-23T12:00:00.000Z';
const LATE = '2026-11-24T09:00:00.000Z';

const sumOf = (...states: readonly ImageState[]): Statistics => {
  const sum = new StatisticsSum();
  for (const state of states) sum.addImage(state, 'processed');
  return sum.result();
};

const stageEnded = (requests?: Record<string, number>, retries?: number): JournalEvent => ({
  kind: 'stage-ended',
  image: image.id,
  stage: 'search',
  record: { outcome: { kind: 'skipped', why: 'offline' }, ms: 1 },
  ...(requests && { requests }),
  ...(retries !== undefined && { retries }),
});

const settled = (at: string): JournalEvent => ({ kind: 'image-settled', at, image: image.id, fate: 'processed' });

const startedAt = (at: string): JournalEvent => ({ ...started, at }) as JournalEvent;

const resumedAt = (at: string): JournalEvent => ({ ...startedAt(at), kind: 'run-resumed' }) as JournalEvent;

describe('the statistics of a run', () => {
  it('count every image once, by where it ended', () => {
    const sum = new StatisticsSum();
    const fates = ['processed', 'skipped', 'failed', 'awaiting-review', 'awaiting-quota'] as const;
    fates.forEach((fate, n) => {
      for (let i = 0; i <= n; i++) sum.addImage(stateOf(), fate);
    });
    const { total, processed, skipped, failed, awaitingReview, awaitingQuota } = sum.result();
    assert.deepEqual(
      { total, processed, skipped, failed, awaitingReview, awaitingQuota },
      { total: 15, processed: 1, skipped: 2, failed: 3, awaitingReview: 4, awaitingQuota: 5 },
    );
  });

  it('tell how each picture was found, or why not, and of each in one way alone', () => {
    const found = (provider: string, more: Partial<SearchResult> = {}): ImageState =>
      searched({ verdict: 'found', match: match(provider), ...more });
    const { search } = sumOf(
      found('danbooru-md5'),
      found('file-name'),
      found('file-name'),
      ...Array.from({ length: 3 }, () => found('saucenao')),
      ...Array.from({ length: 4 }, () => found('danbooru-md5', { cached: true })),
      ...Array.from({ length: 5 }, () => found('saucenao', { cached: true, copyOf: '/inbox/b.jpg' })),
      ...Array.from({ length: 6 }, () => searched({ verdict: 'no-match' })),
      ...Array.from({ length: 7 }, () => searched({ verdict: 'filtered' })),
      ...Array.from({ length: 8 }, () => searched({ verdict: 'error' })),
    );
    assert.deepEqual(search, {
      byMd5: 1,
      byTrace: 2,
      bySearch: 3,
      byCache: 4,
      copies: 5,
      noMatch: 6,
      filtered: 7,
      errors: 8,
    });
  });

  it('count an answer of an earlier run as one from the cache', () => {
    assert.equal(sumOf(searched({ verdict: 'no-match', cached: true })).cacheHits, 1);
    assert.equal(sumOf(searched({ verdict: 'no-match' })).cacheHits, 0);
    assert.equal(sumOf(stateOf()).cacheHits, 0);
  });

  it('tell when the first and the last of the images that wait for quota can go on', () => {
    for (const order of [
      [EARLY, MIDDLE, LATE],
      [LATE, EARLY, MIDDLE],
      [MIDDLE, LATE, EARLY],
    ]) {
      const { search } = sumOf(...order.map(waiting), waiting());
      assert.equal(search.quotaUntil, EARLY);
      assert.equal(search.quotaDone, LATE);
    }
    assert.ok(!('quotaUntil' in sumOf(waiting()).search) && !('quotaDone' in sumOf(waiting()).search));
    const done = searched({ verdict: 'no-match' });
    assert.ok(!('quotaUntil' in sumOf(done, stateOf()).search));
  });

  it('add up the tags that were found and seen, and those that were approved', () => {
    const seen: Partial<Analysis> = { tags: { ...NO_TAGS, general: ['outdoors'] } };
    const all = sumOf(
      stateOf({
        search: { outcome: { kind: 'done', result: { verdict: 'found', match: match('saucenao') } }, ms: 1 },
        analyze: { outcome: { kind: 'done', result: seen as Analysis }, ms: 1 },
        review: {
          outcome: { kind: 'done', result: { kind: 'approved', tags: { ...NO_TAGS, general: ['sky'] } } as never },
          ms: 1,
        },
      }),
      searched({ verdict: 'found', match: match('saucenao') }),
      searched({ verdict: 'no-match' }),
    );
    assert.equal(all.tagsFound, 3 + 1 + 3);
    assert.equal(all.tagsApproved, 1);
    assert.equal(all.contentAnalyzed, 1);
  });

  it('count what lies on the NAS, and not what only waits for it', () => {
    const result = { destination: '/nas/a.jpg', copied: 1, unchanged: 0, bytes: 1 };
    const { synced } = sumOf(
      stateOf({ sync: { outcome: { kind: 'done', result }, ms: 1 } }),
      stateOf({ sync: { outcome: { kind: 'waiting', why: 'retry', detail: 'the NAS is away' }, ms: 1 } }),
      stateOf(),
    );
    assert.equal(synced, 1);
  });

  it('add up the requests to each service, and what was tried again', () => {
    const sum = new StatisticsSum();
    sum.addEvent(stageEnded({ saucenao: 2, danbooru: 1 }, 1));
    sum.addEvent(stageEnded());
    sum.addEvent(stageEnded({ saucenao: 3 }, 2));
    const { requests, retries } = sum.result();
    assert.deepEqual(requests, { saucenao: 5, danbooru: 1 });
    assert.equal(retries, 3);
  });

  it('give the speed over the time in which the run was on, less what passed between a kill and the resumption', () => {
    const sum = new StatisticsSum();
    sum.addEvent(startedAt('2026-11-23T10:00:00.000Z'));
    sum.addEvent(settled('2026-11-23T10:00:08.000Z'));
    // a line whose time is a number says when a service answered, which may be long ago
    sum.addEvent({
      kind: 'answered',
      at: Date.parse('2026-11-23T09:00:00.000Z'),
      sha256: '0'.repeat(64) as ContentHash,
      provider: 'saucenao',
      variant: '',
      answer: { kind: 'none' } as never,
    });
    sum.addEvent(resumedAt('2026-11-23T14:00:00.000Z'));
    sum.addEvent(settled('2026-11-23T14:00:04.0005Z'));
    for (let n = 0; n < 6; n++) sum.addImage(stateOf(), 'processed');
    sum.addImage(stateOf(), 'failed');
    const { seconds, imagesPerMinute, megabytesPerSecond, bytes } = sum.result();
    assert.equal(seconds, 12);
    assert.equal(imagesPerMinute, 30);
    assert.equal(bytes, 24_000_000, 'of the images processed');
    assert.equal(megabytesPerSecond, 2);
  });

  it('round to thousandths of a second and to hundredths of a speed', () => {
    const sum = new StatisticsSum();
    sum.addEvent(startedAt('2026-11-23T10:00:00.000Z'));
    sum.addEvent(settled('2026-11-23T10:00:07.123Z'));
    for (let n = 0; n < 2; n++) sum.addImage(stateOf(), 'processed');
    const { seconds, imagesPerMinute, megabytesPerSecond } = sum.result();
    assert.deepEqual(
      { seconds, imagesPerMinute, megabytesPerSecond },
      {
        seconds: 7.123,
        imagesPerMinute: 16.85,
        megabytesPerSecond: 1.12,
      },
    );
  });

  it('have no speed where no time has passed, and lose none when the clock is set back', () => {
    const none = sumOf(stateOf());
    assert.deepEqual([none.seconds, none.imagesPerMinute, none.megabytesPerSecond], [0, 0, 0]);
    const sum = new StatisticsSum();
    sum.addEvent(startedAt('2026-11-23T10:00:00.000Z'));
    sum.addEvent(settled('2026-11-23T10:00:02.000Z'));
    sum.addEvent(settled('2026-11-23T09:00:00.000Z'));
    sum.addEvent(settled('2026-11-23T09:00:03.000Z'));
    assert.equal(sum.result().seconds, 5);
  });

  it('go on from what was summed up before, as if it had been one', () => {
    const feed = [
      (sum: StatisticsSum) => {
        sum.addEvent(startedAt('2026-11-23T10:00:00.000Z'));
        sum.addImage(searched({ verdict: 'found', match: match('danbooru-md5'), cached: true }), 'processed');
        sum.addImage(waiting(MIDDLE), 'awaiting-quota');
        sum.addEvent(stageEnded({ saucenao: 2 }, 1));
      },
      (sum: StatisticsSum) => {
        sum.addEvent(settled('2026-11-23T10:00:09.000Z'));
        sum.addEvent(stageEnded({ saucenao: 1 }));
        sum.addImage(waiting(LATE), 'awaiting-quota');
        sum.addImage(waiting(EARLY), 'awaiting-quota');
      },
    ];
    const whole = new StatisticsSum();
    for (const part of feed) part(whole);
    const first = new StatisticsSum();
    feed[0]?.(first);
    const saved = JSON.stringify(first.summedUp);
    const second = new StatisticsSum(JSON.parse(saved) as StatisticsSum['summedUp']);
    assert.deepEqual(second.result(), first.result());
    feed[1]?.(second);
    assert.deepEqual(second.result(), whole.result());
    assert.equal(JSON.stringify(first.summedUp), saved, 'what was summed up before stays as it was');
    assert.deepEqual(
      Object.keys(new StatisticsSum().summedUp).filter((key) => key.startsWith('quota')),
      [],
    );
  });
});
