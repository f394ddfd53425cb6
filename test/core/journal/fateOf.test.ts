import assert from 'node:assert/strict';
import { endedFateOf, fateOf, isEnded, isOpen } from '../../../src/core/journal/fateOf.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import { storyOf } from './story.ts';

const { image } = storyOf('a.jpg');

const DONE: StageOutcome<never> = { kind: 'done', result: {} as never };
const SKIPPED: StageOutcome<never> = { kind: 'skipped', why: 'off' };
const GONE: StageOutcome<never> = { kind: 'skipped', why: 'a duplicate', final: true };
const FAILED: StageOutcome<never> = { kind: 'failed', error: { reason: 'network', message: 'no answer', attempts: 3 } };
const waiting = (why: 'review' | 'quota' | 'retry'): StageOutcome<never> => ({ kind: 'waiting', why, detail: 'later' });

const decision = { decision: 'approved', tags: NO_TAGS } as const;
const intent = { stage: 'categorize', operations: [] } as const;

const stateOf = (
  outcomes: Readonly<Partial<Record<StageId, StageOutcome<never>>>>,
  more: Partial<ImageState> = {},
): ImageState => ({
  image,
  stages: Object.fromEntries(Object.entries(outcomes).map(([stage, outcome]) => [stage, { outcome, ms: 0 }])),
  operations: [],
  ...more,
});

describe('Where an image stands when nothing more can be done for it now', () => {
  for (const [what, state, fate] of [
    ['it went through all that it was to go through', stateOf({ scan: DONE, search: SKIPPED }), 'processed'],
    ['it ended with the scan', stateOf({ scan: GONE, search: FAILED }), 'skipped'],
    [
      'one of its stages failed, whatever waits besides',
      stateOf({ scan: DONE, search: FAILED, review: waiting('review') }),
      'failed',
    ],
    ['a person is waited for', stateOf({ scan: DONE, search: DONE, review: waiting('review') }), 'awaiting-review'],
    ['quota is waited for', stateOf({ scan: DONE, search: waiting('quota') }), 'awaiting-quota'],
    ['the NAS alone is waited for', stateOf({ scan: DONE, categorize: DONE, sync: waiting('retry') }), 'processed'],
    [
      'it was decided on, and the review is yet to take that up',
      stateOf({ scan: DONE, search: DONE }, { decision }),
      'awaiting-review',
    ],
    ['it was decided on, and the review is off', stateOf({ scan: DONE, review: SKIPPED }, { decision }), 'processed'],
    [
      'its early decision waits for the search',
      stateOf({ scan: DONE, search: waiting('quota') }, { decision }),
      'awaiting-quota',
    ],
  ] as const) {
    it(`is “${fate}” where ${what}`, () => {
      assert.equal(fateOf(state), fate);
    });
  }

  it('is “failed” for one that was cut off on its way, and what it was for one that had ended', () => {
    assert.equal(endedFateOf(stateOf({ scan: DONE })), 'failed');
    assert.equal(endedFateOf(stateOf({ scan: DONE, search: waiting('quota') })), 'awaiting-quota');
    for (const fate of ['processed', 'skipped', 'awaiting-review'] as const) {
      assert.equal(endedFateOf(stateOf({ scan: DONE }, { fate })), fate);
    }
  });
});

describe('An image', () => {
  it('has ended for good when it is through, not when the NAS may come back or a decision be taken back', () => {
    for (const fate of ['processed', 'skipped'] as const) {
      assert.equal(isEnded(stateOf({ scan: DONE, sync: DONE }, { fate })), true, fate);
      assert.equal(isEnded(stateOf({ scan: DONE, sync: waiting('retry') }, { fate })), false, fate);
      assert.equal(isEnded(stateOf({ scan: DONE, sync: DONE }, { fate, decision })), false, fate);
    }
    for (const fate of ['failed', 'awaiting-review', 'awaiting-quota'] as const) {
      assert.equal(isEnded(stateOf({ scan: DONE }, { fate })), false, fate);
    }
  });

  it('is taken up by the next run while something is left to do for it', () => {
    const fate = 'processed';
    const open = {
      'it has not ended': stateOf({ scan: DONE }),
      'it waits': stateOf({ scan: DONE, search: waiting('quota') }, { fate: 'awaiting-quota' }),
      'the NAS was away': stateOf({ scan: DONE, sync: waiting('retry') }, { fate }),
      'it failed after the scan': stateOf({ scan: DONE, search: FAILED }, { fate: 'failed' }),
      'its decision was not carried out': stateOf({ scan: DONE, search: DONE }, { fate: 'awaiting-review', decision }),
      'it is half-way to the trash': stateOf(
        { scan: FAILED },
        { fate: 'failed', intent: { ...intent, stage: 'scan' } },
      ),
    };
    for (const [why, state] of Object.entries(open)) assert.equal(isOpen(state), true, why);
  });

  it('is left alone by it when it is through, is gone, or failed at the scan, which comes upon it again', () => {
    const through = stateOf({ scan: DONE, search: SKIPPED, review: DONE, sync: DONE }, { fate: 'processed', decision });
    assert.equal(isOpen(through), false);
    assert.equal(isOpen(stateOf({ scan: GONE }, { fate: 'skipped' })), false);
    assert.equal(isOpen(stateOf({ scan: GONE, search: waiting('quota') }, { fate: 'skipped', decision })), false);
    assert.equal(isOpen(stateOf({ scan: FAILED }, { fate: 'failed' })), false);
  });
});
