import assert from 'node:assert/strict';
import { fold } from '../../../src/core/journal/fold.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import { ReviewStage } from '../../../src/core/stages/review.ts';
import { awaitsPerson } from '../../../src/core/stages/suggestion.ts';

const id = '0123456789abcdef' as ImageId;
const tags = (...general: string[]) => ({ ...NO_TAGS, general });
const stage = (approve: 'none' | 'all') =>
  new ReviewStage({ approve, threshold: 0.9, maxGeneralTags: 0, dryRun: false });

/** A tagger has looked at it; its search waits for tomorrow's quota. */
const parked: ImageState = {
  image: { id, path: '/Inbox/a.jpg', size: 1, mtimeMs: 1 },
  operations: [],
  fate: 'awaiting-quota',
  stages: {
    analyze: {
      ms: 1,
      outcome: {
        kind: 'done',
        result: { style: 'drawing', styleConfidence: 1, scores: {}, persons: [], model: 'm', processingMs: 1, tags: tags('night'), tagScores: { night: 0.8 } },
      },
    },
    search: { ms: 1, outcome: { kind: 'waiting', why: 'quota', detail: 'spent', result: { verdict: 'quota' } } },
  },
} as unknown as ImageState; // prettier-ignore

const decided = fold(parked, {
  kind: 'decided',
  at: '2026-03-01T10:00:00Z',
  image: id,
  decision: { decision: 'edited', tags: tags('night', 'typed') },
})!;

/** The next day's search. */
const searched = (found: ReturnType<typeof tags> | undefined): ImageState =>
  fold(decided, {
    kind: 'stage-ended',
    image: id,
    stage: 'search',
    record: {
      ms: 1,
      outcome: {
        kind: 'done',
        result: found
          ? { verdict: 'found', match: { provider: 'saucenao', similarity: 95, url: '', tags: found, sources: [] } }
          : { verdict: 'no-match' },
      },
    },
  })!;

describe('The review of what the models found while the search waits for quota', () => {
  it('is offered, once', () => {
    assert.ok(awaitsPerson(parked));
    assert.ok(!awaitsPerson({ ...decided, fate: 'awaiting-quota' }));
    const { analyze: _, ...untagged } = parked.stages;
    assert.ok(!awaitsPerson({ ...parked, stages: untagged }), 'not without a suggestion');
  });

  it('stands when the search finds nothing', async () => {
    const outcome = await stage('none').run(searched(undefined));
    assert.deepEqual(outcome, { kind: 'done', result: { decision: 'edited', tags: tags('night', 'typed') } });
  });

  it('is asked again about what the search finds, with what was decided before', async () => {
    const state = searched(tags('harbor'));
    assert.equal((await stage('none').run(state)).kind, 'waiting');
    const all = await stage('all').run(state);
    assert.deepEqual(all, { kind: 'done', result: { decision: 'automatic', tags: tags('harbor', 'night', 'typed') } });
    const again = fold(state, {
      kind: 'decided',
      at: '2026-03-02T10:00:00Z',
      image: id,
      decision: { decision: 'approved', tags: tags('harbor') },
    })!;
    assert.deepEqual(await stage('none').run(again), {
      kind: 'done',
      result: { decision: 'approved', tags: tags('harbor') },
    });
  });
});
