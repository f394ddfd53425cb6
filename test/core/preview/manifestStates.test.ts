import assert from 'node:assert/strict';
import { featuresOf } from '../../../src/core/learning/features.ts';
import { factsOf } from '../../../src/core/learning/categoryFactsOf.ts';
import { resultOf, type ImageState } from '../../../src/core/model/imageState.ts';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { Match } from '../../../src/core/model/match.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { StageId } from '../../../src/core/model/stageId.ts';
import { manifestStates, type ManifestState } from '../../../src/core/preview/manifestStates.ts';
import { manifestEntry } from '../../../src/core/report/manifest.ts';
import { storyOf } from '../journal/story.ts';
import { stateOf } from '../pipeline/found.ts';

const done = (result: StageOutcome['result']): StageOutcome => ({ kind: 'done', result }) as StageOutcome;

const MATCH: Match = {
  provider: 'saucenao',
  similarity: 93.4,
  url: 'https://danbooru.donmai.us/posts/1',
  post: { site: 'danbooru', id: '1' },
  rating: 'sensitive',
  tags: { ...NO_TAGS, general: ['cat_ears'], character: ['mika'], copyright: ['original'], artist: ['somebody'] },
  sources: [],
};

const ANALYSIS: Analysis = {
  style: 'photo',
  styleConfidence: 0.8,
  scores: { neutral: 0.9 },
  persons: [{ box: [0, 0, 0.5, 1], confidence: 0.7 }],
  rating: 'explicit',
  tags: { ...NO_TAGS, general: ['window'] },
  tagScores: { window: 0.6 },
  model: 'a model',
  width: 640,
  height: 480,
  processingMs: 12,
};

/** A sorted image with what came of these stages. */
function sorted(name: string, outcomes: Partial<Record<StageId, StageOutcome>> = {}): ImageState {
  const { sha256 } = storyOf(name);
  return stateOf(name, {
    scan: done({ sha256, md5: 'f'.repeat(32), format: 'webp' }),
    categorize: done({
      suggested: 'Cats',
      learned: false,
      final: 'Cats',
      because: 'a rule',
      destination: `/out/${name}`,
    }),
    ...outcomes,
  });
}

const told = (...images: readonly unknown[]): readonly ManifestState[] => [
  ...manifestStates(JSON.stringify({ images })),
];
const readBack = (state: ImageState): ManifestState => {
  const [read] = told(JSON.parse(JSON.stringify(manifestEntry(state))));
  assert.ok(read);
  return read;
};

describe('What a manifest tells of a sorted image', () => {
  const cases: Readonly<Record<string, Partial<Record<StageId, StageOutcome>>>> = {
    'that was found': { search: done({ verdict: 'found', match: MATCH }) },
    'that was found by its name, where nothing was compared': {
      search: done({ verdict: 'found', match: { provider: 'file-name', url: '', tags: MATCH.tags, sources: [] } }),
    },
    'that was not found': { search: done({ verdict: 'no-match', bestSimilarity: 40 }) },
    'that a person has edited': {
      search: done({ verdict: 'found', match: MATCH }),
      review: done({ decision: 'edited', tags: { ...NO_TAGS, general: ['typed'] } }),
    },
    'that a person has said to be another one': {
      search: done({ verdict: 'found', match: MATCH }),
      review: done({ decision: 'rejected', tags: NO_TAGS }),
    },
    'that the models have looked at': { analyze: done(ANALYSIS) },
    'that models without a tagger have looked at': {
      analyze: done({
        style: 'unsure',
        styleConfidence: 0.5,
        scores: {},
        persons: [],
        model: '',
        width: 1,
        height: 2,
        processingMs: 0,
      }),
    },
    'of which nothing is known': {},
  };
  for (const [what, outcomes] of Object.entries(cases)) {
    it(`is what rules and learner go by, of one ${what}`, () => {
      const state = sorted('a.jpg', outcomes);
      const { state: read } = readBack(state);
      // of the file itself the manifest does not tell the size
      const known = { ...state, image: { ...state.image, size: 0 } };
      assert.deepEqual(featuresOf(factsOf(read, 0)), featuresOf(factsOf(known, 0)));
      const [then, now] = [factsOf(known, 0), factsOf(read, 0)];
      assert.deepEqual([now.tags, now.rating, now.format], [then.tags, then.rating, then.format]);
      const essence = (match: Match | undefined) => match && [match.provider, match.similarity, match.url, match.post];
      assert.deepEqual(essence(now.match), essence(then.match));
      const seen = ({ analysis: a }: typeof now) =>
        a && [a.style, a.styleConfidence, a.persons, a.width, a.height, a.rating];
      assert.deepEqual(seen(now), seen(then));
    });
  }

  it('is where it was and is, and which bytes it has', () => {
    const { sha256, destination, state } = readBack(sorted('a.jpg'));
    assert.deepEqual([sha256, destination, state.image.path], [storyOf('a.jpg').sha256, '/out/a.jpg', '/in/a.jpg']);
  });

  it('is which category a person has chosen', () => {
    const review = done({ decision: 'edited', tags: NO_TAGS, category: 'Chosen' });
    assert.equal(resultOf(readBack(sorted('a.jpg', { review })).state, 'review')?.category, 'Chosen');
    const { state } = readBack(sorted('a.jpg', { review: done({ decision: 'approved', tags: NO_TAGS }) }));
    assert.equal('category' in (resultOf(state, 'review') ?? {}), false);
  });

  it('is no match where the search only says that there was one that is withheld', () => {
    const { state } = readBack(sorted('a.jpg', { search: done({ verdict: 'filtered', match: MATCH }) }));
    assert.equal(resultOf(state, 'search'), undefined);
  });
});

describe('A manifest', () => {
  it('tells of images that were sorted, and passes over all others', () => {
    const entry = manifestEntry(sorted('a.jpg'));
    const unsorted = manifestEntry(stateOf('b.jpg', { review: { kind: 'waiting', why: 'review', detail: '' } }));
    const images = told(unsorted, entry, null, 1, 'text', [], {}, { source: '/in/c.jpg' });
    assert.deepEqual(
      images.map(({ destination }) => destination),
      ['/out/a.jpg'],
    );
  });

  it('passes over an image of which it tells what is none of our words', () => {
    const entry = JSON.stringify(manifestEntry(sorted('a.jpg', { analyze: done(ANALYSIS) })));
    assert.equal(told(JSON.parse(entry)).length, 1);
    assert.equal(told(JSON.parse(entry.replace('realistic photograph', 'aquarelle'))).length, 0);
    assert.equal(told(JSON.parse(entry.replace('"explicit"', '"dubious"'))).length, 0);
  });

  it('may say less, as somebody may have written who is not us', () => {
    const tags = { ...NO_TAGS, general: ['cat'] };
    const stages = {
      scan: { status: 'done' },
      search: { status: 'done', verdict: 'found', provider: 'iqdb', tags },
      review: { status: 'done', tags },
      analyze: { status: 'done', style: 'unsure' },
    };
    const entry = { source: '/in/a.jpg', sha256: storyOf('a.jpg').sha256, destination: '/out/a.jpg' };
    const [image] = told({ ...entry, stages });
    assert.ok(image);
    assert.deepEqual(resultOf(image.state, 'search')?.match, { provider: 'iqdb', url: '', tags, sources: [] });
    assert.deepEqual(resultOf(image.state, 'analyze')?.persons, []);
    assert.equal(resultOf(image.state, 'review'), undefined, 'there is no decision');
    const untagged = told({ ...entry, stages: { ...stages, review: { status: 'done', decision: 'edited' } } });
    assert.equal(untagged.length, 1);
    assert.equal(untagged[0] && resultOf(untagged[0].state, 'review'), undefined, 'there are no tags');
  });

  it('may say more than is looked at, as a later version does', () => {
    const entry = manifestEntry(sorted('a.jpg')) as { readonly stages: object };
    const later = { ...entry, more: 1, stages: { ...entry.stages, dream: { status: 'done' } } };
    assert.equal(told(later).length, 1);
  });

  it('tells of nothing when it is none', () => {
    for (const text of ['', 'null', '1', '{}', '[]', '{"images":{}}', '{"images":null}', '{"images":['])
      assert.deepEqual([...manifestStates(text)], [], text);
  });
});
