import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildModels, MODELS_FOLDER } from '../../../scripts/models/build.ts';
import { CLASSIFIER_CLASSES } from '../../../scripts/models/classifier.ts';
import { detectionDifference, largestDifference, TOLERANCE } from '../../../scripts/models/comparison.ts';
import { DETECTOR_CLASSES } from '../../../scripts/models/detector.ts';
import { readGoldens, type Answers } from '../../../scripts/models/goldens.ts';
import { OnnxAnswers } from '../../../scripts/models/onnxAnswers.ts';
import { PATTERN_NAMES, type PatternName } from '../../../scripts/models/patterns.ts';

function assertAlike(expected: Answers, actual: Answers): void {
  const probs = largestDifference(expected.probs, actual.probs);
  assert.ok(probs <= TOLERANCE.score, `probabilities differ by ${probs}`);
  const { score, pixels } = detectionDifference(expected.detections, actual.detections);
  assert.ok(score <= TOLERANCE.score, `scores differ by ${score}`);
  assert.ok(pixels <= TOLERANCE.pixels, `boxes differ by ${pixels} pixels`);
}

describe('the bundled models', () => {
  let folder: string;
  let models: OnnxAnswers;
  let batch: ReadonlyMap<PatternName, Answers>;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), `models "it's" 画像 🖼️ `));
    await copyFile(path.join(MODELS_FOLDER, 'checksums.json'), path.join(folder, 'checksums.json'));
    await buildModels(folder, { force: false });
    models = await OnnxAnswers.open(folder);
    const answers = await models.of(PATTERN_NAMES);
    batch = new Map(answers.map((answer, index) => [PATTERN_NAMES[index]!, answer]));
  });

  after(async () => {
    await models[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  for (const name of PATTERN_NAMES) {
    it(`say of "${name}" what the original ones say under tfjs`, async () => {
      const expected = (await readGoldens()).patterns[name];
      const actual = batch.get(name)!;
      assert.equal(expected.detections.length, 20);
      assert.equal(actual.detections.length, 100);
      assertAlike(expected, actual);
    });
  }

  it('say the same of a picture alone as in a batch', async () => {
    for (const name of ['orange', 'umbrella'] as const) {
      const [alone] = await models.of([name]);
      const together = batch.get(name)!;
      assertAlike(together, alone!);
    }
  });

  it('find what is drawn, where it is drawn', () => {
    for (const [name, label, box] of [
      ['stopSign', 'stop sign', [123, 82, 389, 348]],
      ['orange', 'orange', [143, 169, 369, 394]],
      ['clock', 'clock', [102, 102, 410, 410]],
    ] as const) {
      const [best] = batch.get(name)!.detections;
      const [classIndex, score] = [best!.at(-1)!, best!.at(-2)!];
      assert.equal(DETECTOR_CLASSES[classIndex], label);
      assert.ok(score > 0.4);
      box.forEach((edge, index) => assert.ok(Math.abs(edge - best![index]!) < 20, `${name}: ${best!.join(' ')}`));
    }
  });

  it('list detections by score, best first', () => {
    for (const { detections } of batch.values()) {
      const scores = detections.map((row) => row[4]!);
      assert.deepEqual(
        scores,
        scores.toSorted((a, b) => b - a),
      );
    }
  });

  it('give probabilities that add up to 1, and take a flat umbrella for a drawing', () => {
    for (const { probs } of batch.values()) {
      const sum = probs.reduce((total, value) => total + value, 0);
      assert.ok(Math.abs(sum - 1) < 1e-5);
    }
    assert.ok(batch.get('umbrella')!.probs[CLASSIFIER_CLASSES.indexOf('Drawing')]! > 0.9);
  });
});
