import assert from 'node:assert/strict';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { FoundImage } from '../../../src/core/model/image.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { fold, reopened } from '../../../src/core/journal/fold.ts';

const id = '0123456789abcdef' as ImageId;
const image: FoundImage = { id, path: '/in/a.jpg', size: 5, mtimeMs: 1 };

const after = (...events: JournalEvent[]): ImageState => {
  const state = events.reduce<ImageState | undefined>(fold, undefined);
  assert.ok(state);
  return state;
};

const parked: JournalEvent[] = [
  { kind: 'image-found', image },
  {
    kind: 'stage-ended',
    image: id,
    stage: 'search',
    record: { outcome: { kind: 'done', result: { verdict: 'no-match' } }, ms: 2 },
  },
  {
    kind: 'stage-ended',
    image: id,
    stage: 'review',
    record: { outcome: { kind: 'waiting', why: 'review', detail: 'a person decides' }, ms: 0 },
  },
  { kind: 'image-settled', at: '2026-01-01T00:00:00.000Z', image: id, fate: 'awaiting-review' },
];

describe('an image’s state', () => {
  it('is what its events say, in order', () => {
    const state = after(...parked);
    assert.equal(state.fate, 'awaiting-review');
    assert.equal(state.stages.search?.outcome.kind, 'done');
  });

  it('keeps what was done and forgets what waited when the image is taken up again', () => {
    const state = reopened(after(...parked));
    assert.equal(state.fate, undefined);
    assert.deepEqual(Object.keys(state.stages), ['search']);
  });

  it('holds a person’s decision, and waits for the review stage again', () => {
    const decided: JournalEvent = {
      kind: 'decided',
      at: '2026-01-01T00:00:01.000Z',
      image: id,
      decision: { decision: 'rejected', tags: NO_TAGS },
    };
    const state = after(...parked, decided);
    assert.equal(state.decision?.decision, 'rejected');
    assert.equal(state.stages.review, undefined);
    assert.equal(state.fate, undefined);
  });

  it('has an open intent from the announcement to the end of the stage', () => {
    const operation = { at: '2026-01-01T00:00:00.000Z', op: 'move' as const, from: '/in/a.jpg', to: '/out/a.jpg' };
    const intended: JournalEvent = { kind: 'intended', image: id, stage: 'categorize', operations: [operation] };
    const begun = after({ kind: 'image-found', image }, intended);
    assert.deepEqual(begun.intent?.operations, [operation]);
    const operated: JournalEvent = { kind: 'operated', image: id, operations: [operation] };
    const ended: JournalEvent = {
      kind: 'stage-ended',
      image: id,
      stage: 'categorize',
      record: { outcome: { kind: 'skipped', why: 'test' }, ms: 1 },
    };
    const found: JournalEvent = { kind: 'image-found', image };
    // a kill between the two must find the plan again: the file is no longer where it was
    assert.ok(after(found, intended, operated).intent);
    const done = after(found, intended, operated, operated, ended);
    assert.equal(done.intent, undefined);
    assert.deepEqual(done.operations, [operation], 'carried out twice, it was still one operation');
  });
});
