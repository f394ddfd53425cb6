import assert from 'node:assert/strict';
import type { Correction } from '../../../src/core/learning/correction.ts';
import { Learner, type NewCorrection } from '../../../src/core/learning/learner.ts';
import { explain } from '../../../src/core/learning/predict.ts';
import { preferenceStats } from '../../../src/core/learning/preferenceStats.ts';
import { weightAt } from '../../../src/core/learning/weight.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { HandClock } from './handClock.ts';
import { MemoryPreferences } from './memoryPreferences.ts';
import { randomFrom } from './random.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const hash = (n: number): ContentHash => n.toString(16).padStart(64, '0') as ContentHash;

const setUp = () => {
  const clock = new HandClock(START);
  const store = new MemoryPreferences();
  return { clock, store, learner: new Learner(store, clock) };
};

const moved = (
  n: number,
  to: string,
  features: readonly string[],
  more: Partial<NewCorrection> = {},
): NewCorrection => ({
  image: hash(n),
  at: START + n * 1000,
  by: 'tree',
  name: `${n}.jpg`,
  to,
  features,
  ...more,
});

/** Corrections as people make them: again, elsewhere, switched off. */
function randomCorrections(seed: number, count: number): Correction[] {
  const { learner, store, clock } = setUp();
  const random = randomFrom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  for (let i = 0; i < count; i++) {
    clock.time += below(20) * DAY;
    const features = [...new Set(Array.from({ length: 5 }, () => `tag:t${below(30)}`))];
    learner.correct(moved(below(count), `C${below(4)}`, features, { at: clock.time }));
    if (random() < 0.1) learner.switchCorrection(hash(below(count)), random() < 0.3);
  }
  return store.corrections();
}

describe('the learner', () => {
  it('predicts what the user does with images like this one, and says why', () => {
    const { learner } = setUp();
    for (let i = 0; i < 14; i++) learner.correct(moved(i, 'Cats', ['style:drawing', 'tag:cat', 'has:character']));
    for (let i = 20; i < 40; i++) learner.correct(moved(i, 'Photos/Other', ['style:photo', 'tag:sky']));
    const prediction = learner.predict(['style:drawing', 'tag:cat'], new Set(['Cats', 'Photos/Other']));
    assert.equal(prediction?.category, 'Cats');
    assert.ok(prediction.confidence > 0.8, String(prediction.confidence));
    assert.match(explain(prediction), /^drawing \(\+\d\.\d\), tag cat \(\+\d\.\d\), 14 of your corrections$/);
  });

  it('knows nothing at first, and never names a category that the user does not have', () => {
    const { learner } = setUp();
    assert.equal(learner.predict(['tag:cat'], new Set(['Cats'])), undefined);
    for (let i = 0; i < 20; i++) learner.correct(moved(i, 'Cats', ['tag:cat']));
    assert.equal(learner.predict(['tag:cat'], new Set(['Dogs'])), undefined);
  });

  it('does not take one kind of correction for a rule about everything', () => {
    const { learner } = setUp();
    for (let i = 0; i < 300; i++) learner.see(['style:drawing', `tag:t${i % 40}`, 'tag:solo']);
    for (let i = 0; i < 14; i++) {
      learner.see(['style:drawing', 'tag:cat', 'tag:solo']);
      learner.correct(moved(i, 'Cats', ['style:drawing', 'tag:cat', 'tag:solo']));
    }
    const confidence = (features: string[]) => learner.predict(features, new Set(['Cats']))?.confidence ?? 0;
    assert.ok(confidence(['style:drawing', 'tag:t7', 'tag:solo']) < 0.3);
    assert.ok(confidence(['style:drawing', 'tag:cat', 'tag:solo']) > 0.7);
  });

  it('counts one image once: the last word, however often it is told', () => {
    const { learner, store } = setUp();
    learner.correct(moved(1, 'Cats', ['tag:cat']));
    const once = store.snapshot();
    learner.correct(moved(1, 'Cats', ['tag:cat']));
    learner.correct(moved(1, 'Cats', ['tag:cat'], { at: START + 9_000_000, by: 'found-again' }));
    assert.deepEqual(store.snapshot(), once);
    learner.correct(moved(1, 'Dogs', ['tag:cat'], { at: START + 9_000_001 }));
    assert.deepEqual(
      store.categories().map(({ category, images }) => [category, images]),
      [['Dogs', 1]],
    );
    learner.correct(moved(1, 'Birds', ['tag:cat'], { at: START }));
    assert.equal(store.correction(hash(1))?.to, 'Dogs', 'an older word, told late');
  });

  it('follows the user who has changed his mind, and forgets the old habit slowly', () => {
    const { learner, clock } = setUp();
    const allowed = new Set(['Old', 'New']);
    for (let i = 0; i < 40; i++) learner.correct(moved(i, 'Old', ['tag:cat']));
    clock.time += 730 * DAY;
    assert.equal(learner.predict(['tag:cat'], allowed)?.category, 'Old');
    for (let i = 100; i < 115; i++) learner.correct(moved(i, 'New', ['tag:cat'], { at: clock.time + i }));
    assert.equal(learner.predict(['tag:cat'], allowed)?.category, 'New', '15 of now outweigh 40 of two years ago');
  });

  it('halves what a correction counts in about a year', () => {
    assert.equal(weightAt(START + 360 * DAY), 2 * weightAt(START));
    assert.ok(Number.isSafeInteger(weightAt(Date.UTC(2100, 0, 1)) * 1_000_000));
    assert.equal(weightAt(0), 64);
  });

  it('keeps as counts exactly what the corrections sum up to, after whatever was done', () => {
    const { learner, store, clock } = setUp();
    const random = randomFrom(7);
    const below = (n: number): number => Math.floor(random() * n);
    for (let i = 0; i < 400; i++) {
      clock.time += below(5) * DAY;
      const features = [...new Set(Array.from({ length: 4 }, () => `tag:t${below(12)}`))];
      const act = random();
      if (act < 0.7) learner.correct(moved(below(60), `A/${below(5)}`, features, { at: clock.time + i }));
      else if (act < 0.8) learner.switchCorrection(hash(below(60)), random() < 0.5);
      else if (act < 0.9) learner.forget(hash(below(60)));
      else if (act < 0.95) learner.rename(`A/${below(5)}`, `A/${below(5)}`);
      else learner.merge(randomCorrections(i, 10));
      assert.deepEqual(store.snapshot(), MemoryPreferences.recounted(store.corrections(), weightAt), `after ${i + 1}`);
    }
  });

  it('is merged in any order, and twice, with the same result', () => {
    const parts = [1, 2, 3].map((seed) => randomCorrections(seed, 60));
    const merged = (order: readonly number[]): unknown => {
      const { learner, store } = setUp();
      for (const i of order) learner.merge(parts[i] ?? []);
      return [
        store.snapshot(),
        store
          .corrections()
          .map((c) => JSON.stringify(c))
          .sort(),
      ];
    };
    const expected = merged([0, 1, 2]);
    for (const order of [[2, 1, 0], [1, 0, 2, 1, 0], [0, 0, 2, 2, 1]]) assert.deepEqual(merged(order), expected); // prettier-ignore
  });

  it('takes what it knows along when a folder of categories is renamed', () => {
    const { learner, store } = setUp();
    for (let i = 0; i < 5; i++) learner.correct(moved(i, 'Anime/Cats', ['tag:cat']));
    learner.correct(moved(9, 'Animedia', ['tag:cat']));
    learner.rename('Anime', 'Manga');
    assert.deepEqual(store.categories().map((c) => c.category).sort(), ['Animedia', 'Manga/Cats']); // prettier-ignore
    assert.equal(learner.predict(['tag:cat'], new Set(['Manga/Cats']))?.corrections, 5);
  });

  it('does not learn from a correction that is switched off, and does again when it is switched on', () => {
    const { learner, store } = setUp();
    learner.correct(moved(1, 'Cats', ['tag:cat']));
    learner.correct(moved(2, 'Cats', ['tag:cat']));
    const before = store.snapshot();
    learner.switchCorrection(hash(1), false);
    assert.equal(store.categories()[0]?.images, 1);
    assert.equal(preferenceStats(store, 10).switchedOff, 1);
    learner.switchCorrection(hash(1), true);
    assert.deepEqual(store.snapshot(), before);
  });

  it('tells how often it was right lately, by what the user let stand', () => {
    const { learner, store, clock } = setUp();
    for (let i = 0; i < 10; i++) learner.correct(moved(i, 'Cats', ['tag:cat']));
    for (let i = 20; i < 30; i++) learner.correct(moved(i, 'Dogs', ['tag:dog']));
    const allowed = new Set(['Cats', 'Dogs']);
    for (let i = 100; i < 110; i++) {
      clock.time += 1000;
      const prediction = learner.predict(['tag:cat'], allowed);
      assert.ok(prediction);
      learner.placed(hash(i), ['tag:cat'], prediction);
    }
    clock.time += 1000;
    learner.correct(moved(105, 'Dogs', ['tag:cat'], { at: clock.time }));
    learner.correct(moved(106, 'Cats', ['tag:cat'], { at: clock.time }));
    const stats = preferenceStats(store, 3);
    assert.deepEqual(stats.lately, { placed: 10, right: 9, wrong: 1 });
    assert.equal(stats.latest.length, 3);
    assert.deepEqual(stats.categories, [
      { category: 'Cats', corrections: 11, switchedOff: 0 },
      { category: 'Dogs', corrections: 11, switchedOff: 0 },
    ]);
  });

  it('never learns from its own suggestions', () => {
    const { learner, store } = setUp();
    for (let i = 0; i < 5; i++) learner.correct(moved(i, 'Cats', ['tag:cat']));
    const before = store.categories();
    const prediction = learner.predict(['tag:cat'], new Set(['Cats']));
    assert.ok(prediction);
    for (let i = 50; i < 150; i++) learner.placed(hash(i), ['tag:cat'], prediction);
    assert.deepEqual(store.categories(), before);
  });

  it('forgets all of it on reset, but for how common things are', () => {
    const { learner, store } = setUp();
    learner.see(['tag:cat']);
    const seen = store.snapshot();
    learner.correct(moved(1, 'Cats', ['tag:cat']));
    learner.reset();
    assert.deepEqual(store.snapshot(), { ...(seen as object), losses: [] });
    assert.deepEqual(store.corrections(), []);
  });
});
