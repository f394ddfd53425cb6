/** P(yes) = 1 / (1 + exp(-(bias + sum of weight * value))) */
export interface Logistic {
  readonly weights: readonly number[];
  readonly bias: number;
}

export interface Example {
  readonly values: readonly number[];
  readonly isYes: boolean;
}

const STEPS = 4000;
const RATE = 2;
/** Keeps the weights of standardised values small, for there are few examples. */
const RIDGE = 0.02;

export function probability({ weights, bias }: Logistic, values: readonly number[]): number {
  return 1 / (1 + Math.exp(-values.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), bias)));
}

/** Logistic regression by gradient descent; both answers count the same however many examples they have. Deterministic. */
export function fitLogistic(examples: readonly Example[]): Logistic {
  const size = examples[0]?.values.length ?? 0;
  const columns = Array.from({ length: size }, (_, i) => standardiser(examples.map(({ values }) => values[i] ?? 0)));
  const rows = examples.map(({ values }) => values.map((value, i) => columns[i]?.of(value) ?? 0));
  const yes = examples.filter(({ isYes }) => isYes).length;
  const shares = examples.map(({ isYes }) => 0.5 / (isYes ? yes : examples.length - yes));
  const weights = new Array<number>(size).fill(0);
  let bias = 0;
  for (let step = 0; step < STEPS; step++) {
    const slopes = weights.map((weight) => RIDGE * weight);
    let biasSlope = 0;
    rows.forEach((row, k) => {
      const error = (probability({ weights, bias }, row) - Number(examples[k]?.isYes)) * (shares[k] ?? 0);
      row.forEach((value, i) => (slopes[i] = (slopes[i] ?? 0) + error * value));
      biasSlope += error;
    });
    slopes.forEach((slope, i) => (weights[i] = (weights[i] ?? 0) - RATE * slope));
    bias -= RATE * biasSlope;
  }
  const plain = weights.map((weight, i) => weight / (columns[i]?.deviation ?? 1));
  return { weights: plain, bias: plain.reduce((sum, weight, i) => sum - weight * (columns[i]?.mean ?? 0), bias) };
}

function standardiser(values: readonly number[]) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  return { mean, deviation, of: (value: number): number => (value - mean) / deviation };
}
