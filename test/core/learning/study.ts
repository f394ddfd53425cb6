import { featuresOf } from '../../../src/core/learning/features.ts';
import { Learner } from '../../../src/core/learning/learner.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { BucketCounter } from './bucketCounter.ts';
import { CATEGORIES, Collector, type CollectorOptions, type Move } from './collector.ts';
import { HandClock } from './handClock.ts';
import { LogisticRegression } from './logisticRegression.ts';
import { MemoryPreferences } from './memoryPreferences.ts';

export interface Guess {
  readonly category: string;
  readonly confidence: number;
}

/** Anything that learns from moves. */
export interface Student {
  learn(move: Move): void;
  guess(move: Move): Guess | undefined;
}

/** What shares of guesses are right, and how far the confidence is from that. */
export interface Grades {
  readonly right: number;
  /** mean gap between confidence and share of right ones, over ten bins, by the images in them */
  readonly calibrationError: number;
  readonly bins: readonly { readonly count: number; readonly confidence: number; readonly right: number }[];
}

const DAY = 86_400_000;

/** Our learner, an hour between two moves. */
export class OurStudent implements Student {
  readonly store = new MemoryPreferences();
  private readonly clock = new HandClock(Date.UTC(2026, 0, 1));
  private readonly learner = new Learner(this.store, this.clock);
  private count = 0;

  learn({ facts, to }: Move): void {
    this.clock.time += DAY / 24;
    const image = (this.count++).toString(16).padStart(64, '0') as ContentHash;
    const features = featuresOf(facts);
    this.learner.correct({ image, at: this.clock.time, by: 'tree', name: 'a.jpg', to, features });
  }

  guess({ facts }: Move): Guess | undefined {
    return this.learner.predict(featuresOf(facts), new Set(CATEGORIES));
  }
}

export const STUDENTS = {
  'naive Bayes': () => new OurStudent(),
  'logistic regression': () => new LogisticRegression(CATEGORIES),
  'bucket counter': () => new BucketCounter(),
} as const satisfies Record<string, () => Student>;

/** Lets a student watch so many moves a category on average, then asks it about images that it has not seen. */
export function study(student: Student, options: CollectorOptions, perCategory: number, asked = 1000): Grades {
  const collector = new Collector(options);
  for (let i = 0; i < perCategory * CATEGORIES.length; i++) student.learn(collector.next());
  const bins = Array.from({ length: 10 }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let i = 0; i < asked; i++) {
    const move = collector.next();
    const guess = student.guess(move);
    const bin = bins[Math.min(9, Math.floor((guess?.confidence ?? 0) * 10))];
    if (!bin) continue;
    bin.count++;
    bin.confidence += guess?.confidence ?? 0;
    if (guess?.category === move.truth) bin.right++;
  }
  return {
    right: bins.reduce((sum, bin) => sum + bin.right, 0) / asked,
    calibrationError: bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.right), 0) / asked,
    bins: bins.map(({ count, confidence, right }) => ({
      count,
      confidence: count > 0 ? confidence / count : 0,
      right: count > 0 ? right / count : 0,
    })),
  };
}
