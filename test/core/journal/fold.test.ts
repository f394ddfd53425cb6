import assert from 'node:assert/strict';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { fold, imageOf, reopened, undecided } from '../../../src/core/journal/fold.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { Decision } from '../../../src/core/model/review.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { AT, moved, resumed, runEnded, started, storyOf } from './story.ts';

const story = storyOf('a.jpg');
const { id, image, found, scanned } = story;

const after = (...events: JournalEvent[]): ImageState => {
  const state = events.reduce<ImageState | undefined>(fold, undefined);
  assert.ok(state);
  return state;
};

const NO_MATCH = story.ended('search', { kind: 'done', result: { verdict: 'no-match' } });
const REJECTED: Decision = { decision: 'rejected', tags: NO_TAGS };
const decided: JournalEvent = { kind: 'decided', at: AT, image: id, decision: REJECTED };
const parked = [found, scanned, NO_MATCH, story.waits('review'), story.settled('awaiting-review')];
const there = moved('/in/a.jpg', '/out/a.jpg');
const elsewhere = moved('/in/a.jpg', '/out/b.jpg');

describe('an image’s state', () => {
  it('is what its events say, in order', () => {
    const state = after(...parked);
    assert.equal(state.fate, 'awaiting-review');
    assert.deepEqual(state.image, image);
    assert.deepEqual(state.operations, []);
    assert.deepEqual(Object.keys(state.stages), ['scan', 'search', 'review']);
    assert.deepEqual(state.stages.search, { outcome: { kind: 'done', result: { verdict: 'no-match' } }, ms: 2 });
  });

  it('begins anew when the image is found again', () => {
    assert.deepEqual(after(...parked, found), { image, stages: {}, operations: [] });
  });

  it('is at its end at once when the image was passed over', () => {
    const outcome = { kind: 'skipped', why: 'it has a sidecar already', final: true } as const;
    assert.deepEqual(after({ kind: 'image-passed', image, outcome, fate: 'skipped' }), {
      image,
      stages: { scan: { outcome, ms: 0 } },
      operations: [],
      fate: 'skipped',
    });
  });

  it('is what the journal before knew, when the image was carried over', () => {
    const state = after(...parked);
    assert.deepEqual(after({ kind: 'image-carried', state }), state);
  });

  it('is not changed by what concerns the run alone, and is none without a beginning', () => {
    const state = after(...parked);
    for (const event of [started, resumed, runEnded, { kind: 'scan-ended', at: AT } as const]) {
      assert.equal(fold(state, event), state, event.kind);
    }
    for (const event of [scanned, story.intended(there), story.operated(there), decided, story.settled('failed')]) {
      assert.equal(fold(undefined, event), undefined, event.kind);
    }
  });

  it('is under way again when a stage ends after it was settled', () => {
    assert.equal(after(...parked, story.ended('xmp', { kind: 'skipped', why: 'test' })).fate, undefined);
  });

  it('keeps what was done or skipped, and forgets what waited or failed, when the image is taken up again', () => {
    const skipped = story.ended('analyze', { kind: 'skipped', why: 'off' });
    const error = { reason: 'nas-unreachable', message: 'no NAS', attempts: 1 } as const;
    const failed = story.ended('sync', { kind: 'failed', error });
    const state = after(...parked, skipped, failed, story.operated(there), story.settled('failed'));
    const again = reopened(state);
    assert.equal(again.fate, undefined);
    assert.deepEqual(Object.keys(again.stages), ['scan', 'search', 'analyze']);
    assert.deepEqual(again.operations, [there]);
  });

  it('holds a person’s decision, and waits for the review stage again', () => {
    const state = after(...parked, decided);
    assert.deepEqual(state.decision, REJECTED);
    assert.equal(state.stages.review, undefined);
    assert.equal(state.fate, undefined);
    assert.equal(state.decidedEarly, undefined);
    assert.deepEqual(Object.keys(state.stages), ['scan', 'search']);
  });

  it('knows a decision that was made before the search, until another one comes after it', () => {
    const early = after(found, scanned, story.waits('search'), decided);
    assert.equal(early.decidedEarly, true);
    const searched = fold(fold(early, NO_MATCH), decided);
    assert.equal(searched?.decidedEarly, undefined);
  });

  it('knows it in a run that has taken the image up again as well, to which the search is only pending', () => {
    const waits = after(found, scanned, story.waits('search'));
    assert.equal(fold(reopened(waits), decided)?.decidedEarly, fold(waits, decided)?.decidedEarly);
    const skipped = after(found, scanned, story.ended('search', { kind: 'skipped', why: 'offline' }), decided);
    assert.equal(skipped.decidedEarly, undefined);
  });

  it('has an open intent from the announcement to the end of its stage', () => {
    const ended = story.ended('categorize', { kind: 'skipped', why: 'test' });
    assert.deepEqual(after(found, story.intended(there)).intent, { stage: 'categorize', operations: [there] });
    // a kill between the two must find the plan again: the file is no longer where it was
    assert.ok(after(found, story.intended(there), story.operated(there)).intent);
    assert.ok(after(found, story.intended(there), story.ended('analyze', { kind: 'skipped', why: 'test' })).intent);
    assert.equal(after(found, story.intended(there), story.operated(there), ended).intent, undefined);
  });

  it('tells an operation once that was carried out twice, and others of the same image each', () => {
    const twice = after(found, story.operated(there), story.operated(there, elsewhere), story.operated(elsewhere));
    assert.deepEqual(twice.operations, [there, elsewhere]);
    const later = { ...there, at: '2026-02-02T00:00:00.000Z' };
    assert.deepEqual(after(found, story.operated(there), story.operated(later)).operations, [there]);
    for (const other of [{ op: 'copy' }, { from: '/in/c.jpg' }, { sha256: story.sha256 }] as const) {
      const differs = { ...there, ...other };
      assert.deepEqual(after(found, story.operated(there), story.operated(differs)).operations, [there, differs]);
    }
  });
});

describe('an image whose decision is taken back', () => {
  const analyzed = story.ended('analyze', { kind: 'skipped', why: 'off' });
  const review = story.ended('review', { kind: 'done', result: REJECTED });
  const xmp = story.ended('xmp', { kind: 'skipped', why: 'off' });

  it('waits again with all that was found for it, and as if nothing had been done', () => {
    const done = after(...parked, decided, review, analyzed, xmp, story.intended(there), story.operated(there));
    const state = undecided({ ...done, fate: 'processed' });
    const { scan, search, analyze } = done.stages;
    const asked = {
      outcome: { kind: 'waiting', why: 'review', detail: 'a person decides on the suggested tags' },
      ms: 0,
    };
    assert.deepEqual(state, { image, stages: { scan, search, analyze, review: asked }, operations: [] });
  });

  it('waits for the search first where that is still to come', () => {
    const early = after(found, scanned, story.waits('search'), decided, review);
    assert.deepEqual(Object.keys(undecided(early).stages), ['scan', 'search']);
    const unsearched = after(found, scanned, story.ended('search', { kind: 'skipped', why: 'offline' }), decided);
    assert.deepEqual(Object.keys(undecided(unsearched).stages), ['scan', 'search', 'review']);
    assert.deepEqual(undecided(after(found, decided)).stages, {});
  });
});

describe('an event', () => {
  it('names the image that it concerns, or none', () => {
    const state = after(...parked);
    const outcome = { kind: 'skipped', why: 'test', final: true } as const;
    const about: readonly JournalEvent[] = [
      found,
      scanned,
      story.intended(there),
      story.operated(there),
      decided,
      story.settled('processed'),
      { kind: 'image-passed', image, outcome, fate: 'skipped' },
      { kind: 'image-carried', state },
      { kind: 'decision-withdrawn', at: AT, state },
    ];
    for (const event of about) assert.equal(imageOf(event), id, event.kind);
    const { sha256 } = story;
    const answered: JournalEvent = {
      kind: 'answered',
      at: 1,
      sha256,
      provider: 'iqdb',
      variant: '80',
      answer: { kind: 'no-match', threshold: 80 },
    };
    for (const event of [started, resumed, answered, { kind: 'scan-ended', at: AT } as const, runEnded]) {
      assert.equal(imageOf(event), undefined, event.kind);
    }
  });
});
