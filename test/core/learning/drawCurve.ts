/**
 * Draws docs/learning-curve.svg, and prints the figures in it: node test/core/learning/drawCurve.ts
 * A made-up collector, always the same: twelve categories that overlap, 5 % of the moves wrong.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STUDENTS, study, type Grades } from './study.ts';

const STEPS = [1, 2, 3, 5, 10, 20, 30, 50];
const SEEDS = [11, 12, 13];
const COLORS: Readonly<Record<keyof typeof STUDENTS, string>> = {
  'naive Bayes': '#2f6fde',
  'logistic regression': '#d2691e',
  'bucket counter': '#888888',
};
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

const [left, top, width, height, gap] = [50, 40, 380, 260, 90];
const curveX = (step: number): number => left + (width * Math.log(step)) / Math.log(STEPS.at(-1) ?? 1);
const y = (share: number): number => top + height * (1 - share);
const right = left + width + gap;
const svg: string[] = [];
const text = (x: number, at: number, words: string, anchor = 'middle'): number =>
  svg.push(`<text x="${x.toFixed(1)}" y="${at.toFixed(1)}" text-anchor="${anchor}">${words}</text>`);
const line = (points: readonly (readonly [number, number])[], color: string, more = ''): number =>
  svg.push(`<polyline fill="none" stroke="${color}" stroke-width="2" ${more} points="${points.map((p) => p.map((n) => n.toFixed(1)).join()).join(' ')}"/>`); // prettier-ignore

for (const x of [left, right]) {
  for (const share of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    line([[x, y(share)], [x + width, y(share)]], '#88888844', 'stroke-width="1"'); // prettier-ignore
    text(x - 6, y(share) + 4, `${100 * share} %`, 'end');
  }
}
text(left + width / 2, top - 16, 'Right, by corrections a category');
for (const step of STEPS) text(curveX(step), y(0) + 18, String(step));
let ours: readonly Grades[] = [];
for (const [i, [name, student]] of Object.entries(STUDENTS).entries()) {
  const color = COLORS[name as keyof typeof STUDENTS];
  const grades = STEPS.map((step) => SEEDS.map((seed) => study(student(), { seed }, step)));
  const shares = grades.map((g) => mean(g.map((one) => one.right)));
  line(STEPS.map((step, n) => [curveX(step), y(shares[n] ?? 0)] as const), color); // prettier-ignore
  text(left + width - 10, y(0.08) - 18 * i, `<tspan fill="${color}">${name}</tspan>`, 'end');
  const errors = grades.map((g) => mean(g.map((one) => one.calibrationError)));
  console.log(name, STEPS.map((step, n) => `${step}: ${(100 * (shares[n] ?? 0)).toFixed(1)} % (${errors[n]?.toFixed(3)})`).join(', ')); // prettier-ignore
  if (name === 'naive Bayes') ours = grades[STEPS.indexOf(30)] ?? [];
}

text(right + width / 2, top - 16, 'How often it is right (naive Bayes, after 30), by how sure it says to be');
line([[right, y(0)], [right + width, y(1)]], '#888888', 'stroke-dasharray="4"'); // prettier-ignore
for (let bin = 0; bin < 10; bin++) {
  const bins = ours.flatMap((grades) => grades.bins[bin] ?? []);
  const count = bins.reduce((sum, b) => sum + b.count, 0);
  if (count === 0) continue;
  const share = (of: 'confidence' | 'right'): number => bins.reduce((sum, b) => sum + b[of] * b.count, 0) / count;
  const x = right + width * share('confidence');
  const radius = Math.max(3, Math.sqrt(count) / 2.5);
  svg.push(`<circle cx="${x.toFixed(1)}" cy="${y(share('right')).toFixed(1)}" r="${radius.toFixed(1)}" fill="#2f6fde88"/>`); // prettier-ignore
  text(x, y(share('right')) - radius - 4, String(count));
  console.log(`says ${share('confidence').toFixed(2)}, is right in ${share('right').toFixed(2)} of ${count}`);
}
for (const share of [0, 0.2, 0.4, 0.6, 0.8, 1]) text(right + width * share, y(0) + 18, `${100 * share} %`);

const size = `${right + width + 20} ${top + height + 40}`;
writeFileSync(
  join(import.meta.dirname, '../../../docs/learning-curve.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" font-family="sans-serif" font-size="12" fill="#777777">\n${svg.join('\n')}\n</svg>\n`,
);
