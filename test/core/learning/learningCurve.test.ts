import assert from 'node:assert/strict';
import { featuresOf } from '../../../src/core/learning/features.ts';
import { CATEGORIES, Collector } from './collector.ts';
import { OurStudent, STUDENTS, study, type Grades } from './study.ts';

const SEEDS = [11, 12, 13];
const studied = (perCategory: number): readonly Grades[] =>
  SEEDS.map((seed) => study(new OurStudent(), { seed }, perCategory));
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('the learning curve on a made-up collector: twelve categories that overlap, 5 % wrong moves', () => {
  it('is at 80 % after 10 corrections a category', () => {
    assert.ok(mean(studied(10).map((g) => g.right)) >= 0.8);
  });

  it('is at 90 % after 30', () => {
    assert.ok(mean(studied(30).map((g) => g.right)) >= 0.9);
  });

  for (const perCategory of [10, 30]) {
    it(`says after ${perCategory} how sure it is, and from 0.5 on that comes true within 0.1`, () => {
      const grades = Array.from({ length: 10 }, (_, i) => study(new OurStudent(), { seed: 100 + i }, perCategory, 600));
      assert.ok(mean(grades.map((g) => g.calibrationError)) <= 0.1);
      for (let i = 5; i < 10; i++) {
        const bins = grades.flatMap((g) => g.bins[i] ?? []);
        const count = bins.reduce((sum, bin) => sum + bin.count, 0);
        // photos without tags come in few kinds, each right or wrong as a whole: a bin of few images is of one or two of them
        if (count < 180) continue;
        const share = (of: 'confidence' | 'right'): number => bins.reduce((sum, b) => sum + b[of] * b.count, 0) / count;
        assert.ok(Math.abs(share('confidence') - share('right')) <= 0.1, `${i}: ${JSON.stringify(bins)}`);
      }
    });
  }

  it('is above that of logistic regression and of counting buckets', () => {
    for (const rival of ['logistic regression', 'bucket counter'] as const) {
      const theirs = SEEDS.map((seed) => study(STUDENTS[rival](), { seed }, 10).right);
      assert.ok(mean(studied(10).map((g) => g.right)) > mean(theirs), rival);
    }
  });

  it('does not depend on anything but the moves: the same ones give the same guesses', () => {
    const guesses = [1, 2].map(() => {
      const student = new OurStudent();
      const collector = new Collector({ seed: 5 });
      for (let i = 0; i < 100; i++) student.learn(collector.next());
      return Array.from({ length: 50 }, () => student.guess(collector.next()));
    });
    assert.deepEqual(guesses[0], guesses[1]);
    assert.ok(guesses[0]?.every((guess) => (CATEGORIES as readonly string[]).includes(guess?.category ?? '')));
  });
});

describe('the features of an image', () => {
  it('are the tags by kind, and what else is known, without repeats', () => {
    const { facts } = new Collector({ seed: 1 }).next(2);
    const features = featuresOf(facts);
    assert.equal(new Set(features).size, features.length);
    assert.ok(features.includes('copyright:fate_(series)') || features.includes('copyright:original'));
    assert.ok(features.some((feature) => feature.startsWith('style:')));
  });

  it('are bounded in number and length, whatever a service answers', () => {
    const { facts } = new Collector({ seed: 1 }).next(2);
    const general = Array.from({ length: 5000 }, (_, i) => `${i}${'x'.repeat(1000)}`);
    const features = featuresOf({ ...facts, tags: { ...facts.tags, general } });
    assert.ok(features.length <= 256 && features.every((feature) => feature.length <= 200));
  });
});
