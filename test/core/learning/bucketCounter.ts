import type { Move } from './collector.ts';
import type { Guess, Student } from './study.ts';

/** What simpler tools do: the most frequent category of images with the same style, rating and number of persons. */
export class BucketCounter implements Student {
  private readonly buckets = new Map<string, Map<string, number>>();

  learn(move: Move): void {
    const key = keyOf(move);
    const bucket = this.buckets.get(key) ?? new Map<string, number>();
    bucket.set(move.to, (bucket.get(move.to) ?? 0) + 1);
    this.buckets.set(key, bucket);
  }

  guess(move: Move): Guess | undefined {
    const bucket = [...(this.buckets.get(keyOf(move)) ?? [])].sort((a, b) => b[1] - a[1]);
    const [first] = bucket;
    const total = bucket.reduce((sum, [, n]) => sum + n, 0);
    return first && { category: first[0], confidence: first[1] / total };
  }
}

const keyOf = ({ facts }: Move): string =>
  [facts.analysis?.style, facts.rating, facts.analysis?.persons.length].join(' ');
