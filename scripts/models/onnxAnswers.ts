import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { CLASSIFIER_SIZE } from './classifier.ts';
import { detectionRows } from './comparison.ts';
import { DETECTION_COUNT, DETECTION_LENGTH, DETECTOR_SIZE } from './detector.ts';
import type { Answers } from './goldens.ts';
import { patternPixels, type PatternName } from './patterns.ts';

/** What the built models say of patterns, through onnxruntime on one thread. */
export class OnnxAnswers implements AsyncDisposable {
  readonly #classifier: InferenceSession;
  readonly #detector: InferenceSession;

  private constructor(classifier: InferenceSession, detector: InferenceSession) {
    this.#classifier = classifier;
    this.#detector = detector;
  }

  static async open(folder: string): Promise<OnnxAnswers> {
    const load = (file: string): Promise<InferenceSession> =>
      InferenceSession.create(path.join(folder, file), { intraOpNumThreads: 1 });
    return new OnnxAnswers(await load('classifier.onnx'), await load('detector.onnx'));
  }

  /** All patterns in one batch. */
  async of(patterns: readonly PatternName[]): Promise<readonly Answers[]> {
    const probs = await run(this.#classifier, 'probs', patterns, CLASSIFIER_SIZE);
    const detections = await run(this.#detector, 'detections', patterns, DETECTOR_SIZE);
    const classes = probs.length / patterns.length;
    const values = DETECTION_COUNT * DETECTION_LENGTH;
    return patterns.map((_, index) => ({
      probs: Array.from(probs.subarray(index * classes, (index + 1) * classes)),
      detections: detectionRows(detections.subarray(index * values, (index + 1) * values)),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#classifier.release();
    await this.#detector.release();
  }
}

async function run(
  session: InferenceSession,
  output: string,
  patterns: readonly PatternName[],
  size: number,
): Promise<Float32Array> {
  const pixels = new Uint8Array(Buffer.concat(patterns.map((name) => patternPixels(name, size))));
  const results = await session.run({ input: new Tensor('uint8', pixels, [patterns.length, size, size, 3]) });
  const data = results[output]?.data;
  if (!(data instanceof Float32Array)) throw new TypeError(`the model has no float32 output "${output}"`);
  return data;
}
