/**
 * Compares the built models with the original ones under tfjs, on the same pixels. Run by hand, after a change to the
 * converter or to the packages:
 *
 *   npm i --no-save @tensorflow/tfjs@4.22.0     (272 MB; here, or in another folder from which this is then run)
 *   node scripts/models/build.ts
 *   node scripts/models/parity.ts               prints the largest differences; exit code 1 when over the tolerance
 *   node scripts/models/parity.ts --write       and writes what tfjs says to test/scripts/models/goldens (then: prettier)
 */
import { parseArgs } from 'node:util';
import { MODELS_FOLDER } from './build.ts';
import { detectionDifference, largestDifference, TOLERANCE } from './comparison.ts';
import { DETECTIONS_KEPT, writeGoldens, type Answers, type Goldens } from './goldens.ts';
import { OnnxAnswers } from './onnxAnswers.ts';
import { PATTERN_NAMES, type PatternName } from './patterns.ts';
import { TfjsAnswers } from './tfjsAnswers.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const tfjs = await TfjsAnswers.load(process.cwd());
await using onnx = await OnnxAnswers.open(MODELS_FOLDER);
const expectations: [PatternName, Answers][] = [];
for (const name of PATTERN_NAMES) {
  const expected = await tfjs.of(name);
  const [actual] = await onnx.of([name]);
  if (!actual) throw new Error(`no answer for ${name}`);
  const probs = largestDifference(expected.probs, actual.probs);
  const { score, pixels } = detectionDifference(expected.detections, actual.detections);
  const columns = { probs, score, pixels };
  console.log(
    `${name.padEnd(10)}${Object.entries(columns)
      .map(([what, value]) => `${what} ${value.toExponential(1)}`)
      .join('  ')}`,
  );
  if (probs > TOLERANCE.score || score > TOLERANCE.score || pixels > TOLERANCE.pixels) process.exitCode = 1;
  expectations.push([name, { ...expected, detections: expected.detections.slice(0, DETECTIONS_KEPT) }]);
}
if (values.write) {
  const patterns = Object.fromEntries(expectations) as Goldens['patterns'];
  await writeGoldens({ reference: tfjs.reference, patterns });
}
