import assert from 'node:assert/strict';
import { featuresOf, featureWords, tagOfFeature } from '../../../src/core/learning/features.ts';
import { weightAt } from '../../../src/core/learning/weight.ts';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import type { Match } from '../../../src/core/model/match.ts';
import { NO_TAGS } from '../../../src/core/model/tag.ts';
import type { CategoryFacts } from '../../../src/core/rules/categoryFacts.ts';

const nothing: CategoryFacts = { tags: NO_TAGS, analysis: undefined };
const showing = (persons: number): CategoryFacts => ({
  ...nothing,
  analysis: { style: 'drawing', persons: Array.from({ length: persons }) } as unknown as Analysis,
});
const found = (site?: string): CategoryFacts => ({
  ...nothing,
  match: { provider: 'iqdb', url: '', tags: NO_TAGS, sources: [], ...(site && { post: { site, id: '1' } }) } as Match,
});

describe('what the learner looks at', () => {
  it('is the style, how many persons there are, the rating, the site and the tags, each once', () => {
    const tags = { ...NO_TAGS, general: ['cat', 'cat', 'sky'], character: ['miku'], meta: ['highres'] };
    const features = featuresOf({ ...showing(2), tags, rating: 'general' });
    assert.deepEqual(new Set(features), new Set(['style:drawing', 'persons:2', 'rating:general', 'site:none', 'has:character', 'tag:cat', 'tag:sky', 'character:miku', 'meta:highres'])); // prettier-ignore
    assert.equal(new Set(features).size, features.length);
  });

  it('counts three persons and more as a crowd', () => {
    const persons = (n: number): string | undefined => featuresOf(showing(n)).find((f) => f.startsWith('persons:'));
    assert.deepEqual([0, 2, 3, 4].map(persons), ['persons:0', 'persons:2', 'persons:3+', 'persons:3+']);
  });

  it('knows a picture that no booru knows from one whose site is not told', () => {
    assert.deepEqual(featuresOf(nothing), ['site:none']);
    assert.deepEqual(featuresOf(found()), ['site:other']);
    assert.deepEqual(featuresOf(found('danbooru')), ['site:danbooru']);
  });

  it('says that there are artists and works at all, but not that there are general tags', () => {
    const tags = { ...NO_TAGS, general: ['cat'], copyright: ['vocaloid'], artist: ['somebody'] };
    const has = featuresOf({ ...nothing, tags }).filter((feature) => feature.startsWith('has:'));
    assert.deepEqual(has, ['has:copyright', 'has:artist']);
  });

  it('is 256 of a picture at most, each of 200 characters at most, which an exported file may hold', () => {
    const general = Array.from({ length: 300 }, (_, n) => `t${n}`);
    assert.equal(featuresOf({ ...nothing, tags: { ...NO_TAGS, general } }).length, 256);
    const long = featuresOf({ ...nothing, tags: { ...NO_TAGS, general: ['x'.repeat(300)] } }).at(-1) ?? '';
    assert.equal(long.length, 200);
    assert.equal(tagOfFeature(long), undefined, 'nobody knows how it went on');
    assert.deepEqual(tagOfFeature('tag:x:y'), { kind: 'general', name: 'x:y' });
    for (const feature of ['style:drawing', 'has:artist', 'site:none']) assert.equal(tagOfFeature(feature), undefined);
  });

  const words: Readonly<Record<string, string>> = {
    'has:copyright': 'copyright tag',
    'has:artist': 'artist tag',
    'style:drawing': 'drawing',
    'style:unsure': 'style unsure',
    'persons:0': 'no person',
    'persons:1': '1 person',
    'persons:3+': '3+ persons',
    'rating:general': 'rated general',
    'site:none': 'unknown to the boorus',
    'site:danbooru': 'found on danbooru',
    'tag:x:y': 'tag x:y',
    'character:miku': 'character miku',
  };
  for (const [feature, said] of Object.entries(words)) {
    it(`is told as “${said}”`, () => assert.equal(featureWords(feature), said));
  }
});

describe('the weight of a correction', () => {
  it('doubles in twelve periods of thirty days, step by step, and never falls', () => {
    const period = 30 * 86_400_000;
    const start = Date.UTC(2025, 0, 1);
    let last = 0;
    for (let n = 0; n < 400; n++) {
      const weight = weightAt(start + n * period);
      assert.ok(weight >= last && Number.isSafeInteger(weight * 1_000_000));
      if (n >= 12 && n < 324) assert.equal(weight, 2 * weightAt(start + (n - 12) * period), `period ${n}`);
      if (n > 0 && n < 324) assert.ok(weight > last, `period ${n}`);
      assert.equal(weightAt(start + (n + 1) * period - 1), weight, `the end of period ${n}`);
      last = weight;
    }
    assert.deepEqual([weightAt(0), weightAt(start)], [64, 64]);
  });
});
