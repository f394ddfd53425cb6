import assert from 'node:assert/strict';
import { BACKGROUND } from '../../../src/core/learning/counts.ts';
import type { Learner } from '../../../src/core/learning/learner.ts';
import type { Prediction } from '../../../src/core/learning/predict.ts';
import { bestTemper, TEMPERS } from '../../../src/core/learning/temper.ts';
import { weightAt } from '../../../src/core/learning/weight.ts';
import { hash, moved, setUp, START } from './corrections.ts';

const near = (value: number | undefined, expected: number): void =>
  assert.ok(Math.abs((value ?? NaN) - expected) < 1e-9, `${value} is not ${expected}`);
const predicted = (learner: Learner, features: readonly string[], ...allowed: readonly string[]): Prediction => {
  const prediction = learner.predict(features, new Set(allowed));
  assert.ok(prediction);
  return prediction;
};

/** Corrections to two categories among images that were left where they were. */
function collector() {
  const made = setUp();
  const { learner } = made;
  for (let n = 0; n < 6; n++) learner.correct(moved(n, 'Cats', ['tag:cat', 'tag:solo']));
  for (let n = 10; n < 14; n++) learner.correct(moved(n, 'Dogs', ['tag:dog', 'tag:solo']));
  // in the middle of the categories: what is kept has no order
  for (let n = 0; n < 30; n++) learner.see(['tag:solo', `tag:t${n % 3}`]);
  for (let n = 20; n < 23; n++) learner.correct(moved(n, 'Birds', ['tag:bird', 'tag:cat']));
  return made;
}

describe('how sure the learner is', () => {
  it('is by the corrections, against a tenth of a correction for each image that was left where the rules put it', () => {
    const { learner } = setUp();
    for (let n = 0; n < 10; n++) learner.correct(moved(n, 'Cats', []));
    for (let n = 0; n < 30; n++) learner.see([]);
    near(predicted(learner, [], 'Cats').confidence, 10 / (10 + 1 + 0.1 * (30 - 10)));
  });

  it('is what the evidence that it names adds up to, which comes strongest first', () => {
    const { learner } = collector();
    const { confidence, corrections, evidence } = predicted(learner, ['tag:dog', 'tag:t1', 'tag:cat'], 'Cats');
    const strengths = evidence.map(({ strength }) => strength);
    assert.equal(evidence[0]?.feature, 'tag:cat');
    assert.deepEqual(
      strengths,
      [...strengths].sort((a, b) => b - a),
    );
    const left = 30 - (6 + 4 + 3);
    const sum = strengths.reduce((a, b) => a + b);
    near(Math.log(confidence / (1 - confidence)), Math.log(corrections) + sum - Math.log(1 + 0.1 * left));
  });

  it('names what is likelier, and of equals the first by its name, in whatever order they were learned', () => {
    for (const order of [
      ['Cats', 'Dogs'],
      ['Dogs', 'Cats'],
    ]) {
      const { learner } = setUp();
      for (const [n, category] of order.entries()) learner.correct(moved(n, category, ['tag:pet']));
      assert.equal(predicted(learner, ['tag:pet'], 'Cats', 'Dogs').category, 'Cats');
      learner.correct(moved(2, 'Dogs', ['tag:pet']));
      assert.equal(predicted(learner, ['tag:pet'], 'Cats', 'Dogs').category, 'Dogs');
    }
  });

  it('stays a number for an image whose 256 tags all say the same', () => {
    const { learner, store } = setUp();
    const features = Array.from({ length: 256 }, (_, n) => `tag:t${n}`);
    const weight = 1000 * weightAt(START);
    const of = (category: string) => features.map((feature) => ({ feature, category, weight }));
    const categories = [
      { category: 'Cats', weight, images: 1000 },
      { category: BACKGROUND, weight: 200 * weight, images: 200_000 },
    ];
    store.change({ counts: { categories, features: [...of('Cats'), ...of(BACKGROUND)] } });
    // its tags come alone: each is taken for what it says
    store.change({ losses: TEMPERS.map((temper) => (temper === 1 ? 0 : 1e6)) });
    near(predicted(learner, features, 'Cats').confidence, 1);
  });

  it('is nothing where the sums come to nothing, or less', () => {
    for (const weight of [0, -64]) {
      const { learner, store } = setUp();
      store.change({ counts: { categories: [{ category: 'Cats', weight, images: 1 }], features: [] } });
      assert.equal(learner.predict(['tag:cat'], new Set(['Cats'])), undefined);
    }
  });
});

describe('how much the evidence counts', () => {
  const awayFrom06 = (temper: number): number => 4000 * Math.log2(temper / 0.6) ** 2;

  it('is what is nearest to 0.6 until something is known', () => {
    const nearest = [...TEMPERS].sort((a, b) => awayFrom06(a) - awayFrom06(b))[0];
    assert.equal(bestTemper([]), nearest);
    assert.equal(bestTemper(TEMPERS.map(() => 5000)), nearest, 'all were equally wrong');
  });

  it('changes when another factor did better by more than it is further away', () => {
    const lead = awayFrom06(0.75) - awayFrom06(0.55);
    const losses = (by: number) => TEMPERS.map((temper) => (temper === 0.75 ? 9000 : 9000 + by));
    assert.equal(bestTemper(losses(Math.floor(lead))), 0.55);
    assert.equal(bestTemper(losses(Math.ceil(lead))), 0.75);
  });
});

describe('how wrong the learner was', () => {
  const features = ['tag:cat', 'tag:solo'];
  const all = ['Cats', 'Dogs', 'Birds'];

  it('is noted with each correction: how likely it held what the user chose', () => {
    const { learner, store } = collector();
    const index = TEMPERS.findIndex((temper) => temper === bestTemper(store.losses()));
    const { category, confidence } = predicted(learner, features, ...all);
    learner.correct(moved(50, category, features));
    assert.equal(store.correction(hash(50))?.losses?.[index], Math.round(-Math.log(confidence) * 1000));
  });

  it('is not known of a category that is new, and never more than one in a hundred, a slip of the hand', () => {
    const { learner, store } = collector();
    const first = setUp();
    first.learner.correct(moved(0, 'Cats', features));
    assert.deepEqual(new Set(first.store.losses()), new Set([0]));
    assert.equal(store.correction(hash(0))?.losses, undefined, 'the first of all');
    assert.equal(store.correction(hash(20))?.losses, undefined);
    for (let n = 100; n < 200; n++) learner.correct(moved(n, 'Cats', features));
    learner.correct(moved(200, 'Dogs', features));
    assert.equal(Math.max(...(store.correction(hash(200))?.losses ?? [])), Math.round(Math.log(100) * 1000));
  });

  it('counts a quarter of a word where nobody objects, until the user does or the image is placed again', () => {
    const { learner, store, clock } = collector();
    const before = [...store.losses()];
    const plus = (more: readonly number[] = []) => before.map((sum, i) => sum + (more[i] ?? 0));
    learner.placed(hash(50), features, { category: 'Cats', confidence: 0.9 });
    const consent = store.placement(hash(50))?.losses;
    const told = collector();
    told.learner.correct(moved(50, 'Cats', features));
    const word = told.store.correction(hash(50))?.losses ?? [];
    assert.deepEqual(
      consent,
      word.map((loss) => Math.round(loss / 4)),
    );
    assert.deepEqual(store.losses(), plus(consent));

    clock.time += 1000;
    learner.placed(hash(50), features, { category: 'Birds', confidence: 0.8 });
    assert.deepEqual(store.losses(), plus(store.placement(hash(50))?.losses), 'the last one in place of the first');

    learner.correct(moved(50, 'Dogs', features, { at: clock.time + 1000 }));
    const { losses } = store.correction(hash(50)) ?? {};
    assert.deepEqual(store.losses(), plus(losses), 'the word in place of the silence');

    learner.placed(hash(50), features, { category: 'Cats', confidence: 0.7 });
    learner.placed(hash(51), features, { category: 'Unheard of', confidence: 0.7 });
    const silent = store.placement(hash(50))?.losses ?? [];
    assert.deepEqual(store.losses(), plus(losses?.map((loss, i) => loss + (silent[i] ?? 0))));
  });
});
