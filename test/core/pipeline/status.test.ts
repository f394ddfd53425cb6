import assert from 'node:assert/strict';
import { NodeJournalFolder } from '../../../src/adapters/files/nodeJournal.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { encodeEvent } from '../../../src/core/journal/journal.ts';
import { readStatus, standing, waitingImages } from '../../../src/core/pipeline/status.ts';
import type { Decision } from '../../../src/core/model/review.ts';
import type { PostedDecision } from '../../../src/core/ports/decisionBox.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';
import { AT, runEnded, started, storyOf } from '../journal/story.ts';
import { stateOf } from './found.ts';
import { MemoryBox } from './memoryBox.ts';

const [a, b, c, d, e] = [storyOf('a.jpg'), storyOf('b.jpg'), storyOf('c.jpg'), storyOf('d.jpg'), storyOf('e.jpg')];
const APPROVED: Decision = { decision: 'approved', tags: NO_TAGS };
const failure = { reason: 'nas-unreachable', message: 'the NAS is gone', attempts: 1 } as const;

/** A working folder whose journal says this; without events there is none. */
async function journalOf(...events: readonly JournalEvent[]) {
  const folder = await temporaryFolder();
  const journals = new NodeJournalFolder(folder.path);
  if (events.length > 0) await (await journals.create(events.map(encodeEvent))).close();
  return { journals, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('The status', () => {
  it('is nothing before the first run', async () => {
    await using none = await journalOf();
    assert.equal(await readStatus(none.journals), undefined);
    await using torn = await journalOf(a.found);
    assert.equal(await readStatus(torn.journals), undefined);
  });

  it('tells of a run that is on, or was killed, without an end', async () => {
    await using s = await journalOf(started, a.found, a.scanned, a.settled('processed'), b.found);
    const status = await readStatus(s.journals);
    assert.ok(status);
    assert.equal(status.runId, 'a run');
    assert.equal(status.startedAt, AT);
    assert.equal(status.plan.inbox, '/in');
    assert.deepEqual(
      [status.outcome, status.manifest, status.errorReport].filter((end) => end !== undefined),
      [],
    );
    assert.equal(status.statistics.total, 2);
    assert.deepEqual(
      status.images.map(({ source, fate }) => [source, fate]),
      [['/in/b.jpg', 'unfinished']],
    );
  });

  it('tells how a run ended and where its reports are', async () => {
    const ended = { ...runEnded, errorReport: '/out/errors.md' } as JournalEvent;
    await using s = await journalOf(started, ended);
    const status = await readStatus(s.journals);
    assert.deepEqual(
      [status?.outcome, status?.manifest, status?.errorReport],
      ['completed', '/out/m.json', '/out/errors.md'],
    );
    await using bare = await journalOf(started, { kind: 'run-ended', at: AT, outcome: 'interrupted' });
    const interrupted = await readStatus(bare.journals);
    assert.equal(interrupted?.outcome, 'interrupted');
    assert.equal('manifest' in interrupted || 'errorReport' in interrupted, false);
  });

  it('lists what waits or failed, and leaves out what is done with', async () => {
    const upToSync = (story: typeof a, outcome: Parameters<typeof a.ended>[1]): JournalEvent[] => [
      story.found,
      story.scanned,
      story.ended('sync', outcome),
    ];
    await using s = await journalOf(
      started,
      ...upToSync(a, { kind: 'failed', error: failure }),
      a.settled('failed'),
      // processed, and waits for the NAS alone
      ...upToSync(b, { kind: 'waiting', why: 'retry', detail: 'the NAS is gone' }),
      b.settled('processed'),
      {
        kind: 'image-passed',
        image: c.image,
        outcome: { kind: 'skipped', why: 'a link', final: true },
        fate: 'skipped',
      },
      d.found,
      d.scanned,
      d.waits('review'),
      d.settled('awaiting-review'),
      // decided on, and found to be a duplicate then
      e.found,
      e.scanned,
      { kind: 'decided', at: AT, image: e.id, decision: APPROVED },
      e.ended('categorize', { kind: 'skipped', why: 'a duplicate', final: true }),
      e.settled('skipped'),
      runEnded,
    );
    const status = await readStatus(s.journals);
    assert.deepEqual(
      status?.images.map(({ source, fate, detail, reason }) => [source, fate, detail, reason]),
      [
        ['/in/a.jpg', 'failed', 'the NAS is gone', 'nas-unreachable'],
        ['/in/d.jpg', 'awaiting-review', 'a person decides', undefined],
      ],
    );
    assert.deepEqual([status.statistics.processed, status.statistics.skipped], [1, 2]);
  });
});

describe('How an image stands', () => {
  it('is told stage by stage', () => {
    const { stages } = standing(
      stateOf('a.jpg', {
        search: { kind: 'skipped', why: 'offline' },
        review: { kind: 'waiting', why: 'review', detail: '' },
      }),
    );
    assert.deepEqual(stages, {
      scan: 'pending',
      search: 'skipped',
      review: 'waiting',
      xmp: 'pending',
      analyze: 'pending',
      categorize: 'pending',
      sync: 'pending',
    });
  });

  it('is told with what it waits for, and until when', () => {
    const waiting = { kind: 'waiting', why: 'quota', detail: 'tomorrow', until: '2026-01-02T00:00:00.000Z' } as const;
    const { fate, detail, until, reason } = standing(stateOf('a.jpg', { search: waiting }));
    assert.deepEqual([fate, detail, until, reason], ['awaiting-quota', 'tomorrow', waiting.until, undefined]);
    assert.equal(
      'until' in standing(stateOf('a.jpg', { search: { kind: 'waiting', why: 'quota', detail: '' } })),
      false,
    );
  });

  it('is told with what failed rather than with what waits', () => {
    const search = { kind: 'waiting', why: 'quota', detail: 'tomorrow' } as const;
    const image = standing(stateOf('a.jpg', { search, analyze: { kind: 'failed', error: failure } }));
    assert.deepEqual([image.fate, image.detail, image.reason], ['failed', 'the NAS is gone', 'nas-unreachable']);
  });

  it('is unfinished while nothing holds it up, and as it ended after that', () => {
    const bare = standing(stateOf('a.jpg'));
    assert.equal(bare.fate, 'unfinished');
    assert.equal('detail' in bare || 'search' in bare, false);
    assert.equal(standing(stateOf('a.jpg', {}, { fate: 'skipped' })).fate, 'skipped');
  });

  it('is unfinished when it was decided on before its search was over, until it has come to its end again', () => {
    const search = { kind: 'waiting', why: 'quota', detail: 'tomorrow' } as const;
    const decided = { decision: { decision: 'approved', tags: NO_TAGS }, decidedEarly: true } as const;
    const { fate, detail } = standing(stateOf('a.jpg', { search }, decided));
    assert.deepEqual([fate, detail], ['unfinished', undefined]);
    assert.equal(standing(stateOf('a.jpg', { search }, { ...decided, fate: 'awaiting-quota' })).detail, 'tomorrow');
  });

  it('is told with what came of its search', () => {
    const search = { kind: 'done', result: { verdict: 'no-match', reason: 'iqdb: no match' } } as const;
    assert.match(standing(stateOf('a.jpg', { search })).search ?? '', /no match/);
  });
});

describe('The images that wait for a person', () => {
  const parked = [a, b, c].flatMap((story) => [
    story.found,
    story.scanned,
    story.waits('review'),
    story.settled('awaiting-review'),
  ]);
  const waitingWith = async (...posted: readonly (readonly PostedDecision[])[]): Promise<readonly string[]> => {
    await using s = await journalOf(started, ...parked, d.found, d.scanned, d.settled('processed'), runEnded);
    const box = new MemoryBox();
    for (const decisions of posted) await box.post(decisions);
    return (await waitingImages(s.journals, box)).map(({ image }) => image.path);
  };

  it('are those on which nobody has decided', async () => {
    assert.deepEqual(await waitingWith(), ['/in/a.jpg', '/in/b.jpg', '/in/c.jpg']);
  });

  it('are not those whose decisions are still in the box', async () => {
    assert.deepEqual(await waitingWith([{ image: a.id, decision: APPROVED }], [{ image: c.id, decision: APPROVED }]), [
      '/in/b.jpg',
    ]);
  });

  it('are those again of which the decision was taken back, by the last word', async () => {
    const [decide, withdraw] = [[{ image: a.id, decision: APPROVED }], [{ image: a.id }]];
    assert.equal((await waitingWith(decide, withdraw)).includes('/in/a.jpg'), true);
    assert.equal((await waitingWith(withdraw, decide)).includes('/in/a.jpg'), false);
  });

  it('are none before the first run', async () => {
    await using none = await journalOf();
    assert.deepEqual(await waitingImages(none.journals, new MemoryBox()), []);
  });

  it('are in the box before they are in the journal: one that goes over at that moment is not asked about twice', async () => {
    await using s = await journalOf(started, ...parked);
    const order: string[] = [];
    const box = new MemoryBox();
    const [readLatest, unread] = [s.journals.readLatest.bind(s.journals), box.unread.bind(box)];
    s.journals.readLatest = () => {
      order.push('journal');
      return readLatest();
    };
    box.unread = () => {
      order.push('box');
      return unread();
    };
    await waitingImages(s.journals, box);
    assert.deepEqual(order, ['box', 'journal']);
  });
});
