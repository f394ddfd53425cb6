import assert from 'node:assert/strict';
import type { Correction } from '../../../src/core/learning/correction.ts';
import { explain } from '../../../src/core/learning/predict.ts';
import { learnedOf, preferenceStats } from '../../../src/core/learning/preferenceStats.ts';
import { weightAt } from '../../../src/core/learning/weight.ts';
import { DAY, hash, moved, setUp, START } from './corrections.ts';
import { MemoryPreferences } from './memoryPreferences.ts';
import { randomFrom } from './random.ts';

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
    assert.equal(store.correction(hash(1))?.by, 'tree', 'it stands as it was told first');
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

  it('has the last word of each image after a merge, beside what it knew', () => {
    const { learner, store } = setUp();
    learner.correct(moved(1, 'Cats', ['tag:cat']));
    learner.correct(moved(2, 'Cats', ['tag:cat']));
    const [mine, other] = store.corrections() as [Correction, Correction];
    const off: Correction = { ...other, revised: other.revised + 1, off: true };
    const older: Correction = { ...mine, revised: mine.revised - 1, to: 'Dogs' };
    const added: Correction = { ...mine, image: hash(3), to: 'Dogs' };
    learner.merge([added, off, older, { ...added, revised: added.revised - 1, to: 'Birds' }, other]);
    assert.deepEqual(new Set(store.corrections()), new Set([off, mine, added]));
    assert.deepEqual(new Set(store.categories().map(({ category }) => category)), new Set(['Cats', 'Dogs']));
  });

  it('keeps a category whose weights in a merge come to nothing, but not its images', () => {
    const { learner, store } = setUp();
    const late = START + 360 * DAY;
    learner.correct(moved(1, 'Cats', ['tag:cat'], { at: late }));
    const [known] = store.corrections() as [Correction];
    const older = [2, 3].map((n) => ({ ...known, image: hash(n), at: START, revised: START }));
    // two of a year before weigh as much as the one that goes elsewhere
    learner.merge([{ ...known, revised: late + 1, to: 'Dogs' }, ...older]);
    assert.deepEqual(preferenceStats(store, 0).categories[0], { category: 'Cats', corrections: 2, switchedOff: 0 });
    assert.equal(learner.predict(['tag:cat'], new Set(['Cats']))?.corrections, 2);
  });

  it('knows nothing but what it is given after a replacement, and how common things are', () => {
    const [{ learner, store }, other] = [setUp(), setUp()];
    for (const one of [learner, other.learner]) one.see(['tag:cat']);
    other.learner.correct(moved(1, 'Cats', ['tag:cat']));
    const kept = other.store.corrections() as [Correction];
    learner.correct(moved(1, 'Birds', ['tag:cat'], { at: START + 9_000_000 }));
    learner.correct(moved(2, 'Dogs', ['tag:cat']));
    learner.replace([...kept, { ...kept[0], revised: START, to: 'Older' }]);
    assert.deepEqual(store.corrections(), kept);
    assert.deepEqual(store.snapshot(), other.store.snapshot());
  });

  it('takes what it knows along when a folder of categories is renamed', () => {
    const { learner, store } = setUp();
    for (let i = 0; i < 5; i++) learner.correct(moved(i, 'Anime/Cats', ['tag:cat']));
    learner.correct(moved(9, 'Animedia', ['tag:cat']));
    learner.rename('Anime', 'Manga');
    assert.deepEqual(store.categories().map((c) => c.category).sort(), ['Animedia', 'Manga/Cats']); // prettier-ignore
    assert.equal(learner.predict(['tag:cat'], new Set(['Manga/Cats']))?.corrections, 5);
    // as a journal does that is read again
    learner.correct(moved(1, 'Anime/Cats', ['tag:cat']));
    assert.equal(store.correction(hash(1))?.to, 'Manga/Cats', 'what was told before the folder had its name');
  });

  it('does not learn from a correction that is switched off, and does again when it is switched on', () => {
    const { learner, store, clock } = setUp();
    learner.correct(moved(1, 'Cats', ['tag:cat']));
    learner.correct(moved(2, 'Cats', ['tag:cat']));
    const before = store.snapshot();
    learner.switchCorrection(hash(1), false);
    assert.equal(store.categories()[0]?.images, 1);
    assert.equal(preferenceStats(store, 10).switchedOff, 1);
    clock.time += 1000;
    learner.switchCorrection(hash(1), false);
    assert.equal(store.correction(hash(1))?.revised, START, 'it was off already: a merge goes by the change');
    learner.switchCorrection(hash(1), true);
    assert.deepEqual(store.snapshot(), before);
    assert.equal(store.correction(hash(1))?.revised, clock.time);
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
    learner.correct(moved(107, 'Cats', ['tag:cat'], { at: clock.time }));
    const stats = preferenceStats(store, 3);
    assert.deepEqual(stats.lately, { placed: 10, right: 9, wrong: 1 });
    assert.equal(stats.latest.length, 3);
    assert.deepEqual(stats.categories, [
      { category: 'Cats', corrections: 12, switchedOff: 0 },
      { category: 'Dogs', corrections: 11, switchedOff: 0 },
    ]);
  });

  it('was right after all where the user puts an image back to where it was placed', () => {
    const { learner, store } = setUp();
    for (let i = 0; i < 5; i++) learner.correct(moved(i, 'Cats', ['tag:cat']));
    learner.placed(hash(50), ['tag:cat'], { category: 'Cats', confidence: 0.9 });
    const consent = [...store.losses()];
    learner.correct(moved(50, 'Dogs', ['tag:cat']));
    learner.correct(moved(50, 'Birds', ['tag:cat'], { at: START + 55_000 }));
    assert.deepEqual(preferenceStats(store, 0).lately, { placed: 1, right: 0, wrong: 1 });
    learner.correct(moved(50, 'Cats', ['tag:cat'], { at: START + 60_000 }));
    assert.deepEqual(preferenceStats(store, 0).lately, { placed: 1, right: 1, wrong: 0 });
    learner.forget(hash(50));
    assert.deepEqual(store.losses(), consent);
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

  it('tells of categories with as many corrections by their names, and of no placement before the first', () => {
    const { learner, store } = setUp();
    for (const [n, category] of ['Cats', 'Birds', 'Dogs'].entries()) learner.correct(moved(n, category, []));
    const { categories, ...stats } = preferenceStats(store, 0);
    assert.deepEqual(
      categories.map(({ category }) => category),
      ['Birds', 'Cats', 'Dogs'],
    );
    assert.ok(!('lately' in stats));
  });

  it('tells of a category what speaks most for it, by its latest 200 corrections that count', () => {
    const { learner, store } = setUp();
    for (const feature of ['tag:off', 'tag:oldest']) learner.see([feature]);
    for (let n = 0; n < 201; n++) {
      const special = ['tag:oldest', 'tag:older'][n];
      const features = [...(special === undefined ? ['tag:cat'] : [special]), ...(n === 200 ? ['tag:off'] : [])];
      learner.correct(moved(n, 'Cats', features));
    }
    learner.correct(moved(300, 'Dogs', ['tag:cat']));
    learner.switchCorrection(hash(200), false);
    const { corrections, total, evidence } = learnedOf(store, 'Cats', 3, START);
    assert.deepEqual([total, corrections.map(({ name }) => name)], [201, ['200.jpg', '199.jpg', '198.jpg']]);
    assert.deepEqual(
      evidence.map(({ feature }) => feature),
      ['tag:older', 'tag:cat'],
      'the one that is found nowhere else comes first',
    );
  });
});
