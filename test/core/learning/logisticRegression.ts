import { featuresOf } from '../../../src/core/learning/features.ts';
import type { Move } from './collector.ts';
import type { Guess, Student } from './study.ts';

const RATE = 0.3;
const DECAY = 1e-4;

/** The rival that was measured: one weight a feature and category, learned move by move (AdaGrad). */
export class LogisticRegression implements Student {
  private readonly categories: readonly string[];
  private readonly weights = new Map<string, Float64Array>();
  private readonly squares = new Map<string, Float64Array>();

  constructor(categories: readonly string[]) {
    this.categories = categories;
  }

  learn({ facts, to }: Move): void {
    const features = ['bias', ...featuresOf(facts)];
    const chances = this.chances(features);
    for (const feature of features) {
      const weights = this.weights.get(feature) ?? new Float64Array(this.categories.length);
      const squares = this.squares.get(feature) ?? new Float64Array(this.categories.length).fill(1e-8);
      this.weights.set(feature, weights);
      this.squares.set(feature, squares);
      this.categories.forEach((category, i) => {
        const slope = (chances[i] ?? 0) - (category === to ? 1 : 0) + DECAY * (weights[i] ?? 0);
        squares[i] = (squares[i] ?? 0) + slope * slope;
        weights[i] = (weights[i] ?? 0) - (RATE * slope) / Math.sqrt(squares[i] ?? 1);
      });
    }
  }

  guess({ facts }: Move): Guess | undefined {
    const chances = this.chances(['bias', ...featuresOf(facts)]);
    const confidence = Math.max(...chances);
    const category = this.categories[chances.indexOf(confidence)];
    return category === undefined ? undefined : { category, confidence };
  }

  private chances(features: readonly string[]): readonly number[] {
    const logs = this.categories.map((_, i) =>
      features.reduce((sum, feature) => sum + (this.weights.get(feature)?.[i] ?? 0), 0),
    );
    const highest = Math.max(...logs);
    const parts = logs.map((log) => Math.exp(log - highest));
    const whole = parts.reduce((sum, part) => sum + part, 0);
    return parts.map((part) => part / whole);
  }
}
