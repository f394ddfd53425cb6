/** Prints how the learner and its rivals do on made-up collectors, as a Markdown table: node test/core/learning/measure.ts */
import type { CollectorOptions } from './collector.ts';
import { STUDENTS, study } from './study.ts';

const COLLECTORS: Readonly<Record<string, Omit<CollectorOptions, 'seed'>>> = {
  'as it is': {},
  'tags come alone': { bundle: 1 },
  'tags come in eights': { bundle: 8 },
  'vague categories': { focus: 0.2 },
  'few big categories, 10 % untagged': { skew: 1, untagged: 0.1 },
  'vague, in sixes, 10 % slips': { focus: 0.25, bundle: 6, slips: 0.1 },
};
const SEEDS = [1, 2, 3];
const STEPS = [3, 10, 30, 100];

const percent = (n: number): string => `${(100 * n).toFixed(1)} %`;
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

console.log(`| collector | learner | ${STEPS.map((n) => `after ${n}`).join(' | ')} |`);
console.log(`|---|---|${STEPS.map(() => '---').join('|')}|`);
for (const [collector, options] of Object.entries(COLLECTORS)) {
  for (const [name, student] of Object.entries(STUDENTS)) {
    const cells = STEPS.map((step) => {
      const grades = SEEDS.map((seed) => study(student(), { seed, ...options }, step));
      return `${percent(mean(grades.map((g) => g.right)))} (${mean(grades.map((g) => g.calibrationError)).toFixed(3)})`;
    });
    console.log(`| ${collector} | ${name} | ${cells.join(' | ')} |`);
  }
}
