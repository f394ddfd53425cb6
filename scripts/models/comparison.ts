import { DETECTION_LENGTH } from './detector.ts';

/** How far two runtimes may be apart by rounding. */
export const TOLERANCE = {
  /** probabilities and scores, which run from 0 to 1 */
  score: 1e-3,
  /** edges of boxes, in pixels of 512: 1.2e-3 was measured, and other CPUs add up in another order */
  pixels: 1e-2,
} as const;

/** `detections` of one picture, cut into rows of x1, y1, x2, y2, score, class. */
export function detectionRows(values: ArrayLike<number>): number[][] {
  const flat = Array.from(values);
  const count = Math.floor(flat.length / DETECTION_LENGTH);
  return Array.from({ length: count }, (_, row) => flat.slice(row * DETECTION_LENGTH, (row + 1) * DETECTION_LENGTH));
}

/**
 * The largest difference between numbers in the same place; infinite for a NaN and when there are more in one than in
 * the other.
 */
export function largestDifference(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) return Infinity;
  const differences = expected.map((value, index) => Math.abs(value - (actual[index] ?? NaN)));
  return differences.some(Number.isNaN) ? Infinity : Math.max(0, ...differences);
}

export interface DetectionDifference {
  readonly score: number;
  readonly pixels: number;
}

/**
 * The largest differences between the rows of one list and those of the same class with the nearest box in the other,
 * both ways. Rows are matched because two with nearly the same score may change places; for the same reason one whose
 * score is within the tolerance of the other list's last may be missing there, so that lists may differ in length.
 * @returns infinity when any other row has no counterpart
 */
export function detectionDifference(
  expected: readonly (readonly number[])[],
  actual: readonly (readonly number[])[],
): DetectionDifference {
  const [some, others] = [expected.map(parseRow), actual.map(parseRow)];
  return largestOf([...rowDifferences(some, others), ...rowDifferences(others, some)]);
}

interface Detection {
  readonly box: readonly number[];
  readonly score: number;
  readonly class: number;
}

function rowDifferences(rows: readonly Detection[], others: readonly Detection[]): readonly DetectionDifference[] {
  const cut = Math.min(...others.map((other) => other.score)) + TOLERANCE.score;
  return rows
    .filter((row) => row.score >= cut)
    .map((row) =>
      others
        .filter((other) => other.class === row.class)
        .map((other) => ({
          score: largestDifference([row.score], [other.score]),
          pixels: largestDifference(row.box, other.box),
        }))
        .reduce((nearest, difference) => (difference.pixels < nearest.pixels ? difference : nearest), {
          score: Infinity,
          pixels: Infinity,
        }),
    );
}

function largestOf(differences: readonly DetectionDifference[]): DetectionDifference {
  return {
    score: Math.max(0, ...differences.map(({ score }) => score)),
    pixels: Math.max(0, ...differences.map(({ pixels }) => pixels)),
  };
}

function parseRow(row: readonly number[]): Detection {
  const [score, classIndex] = row.slice(4);
  if (score === undefined || classIndex === undefined) throw new RangeError(`a detection of ${row.length} numbers`);
  return { box: row.slice(0, 4), score, class: classIndex };
}
