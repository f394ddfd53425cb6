import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnalyzerUnavailable } from '../../core/ports/imageAnalyzer.ts';
import { firstLine } from './firstLine.ts';
import { CLASSIFIER_SIDE, DETECTOR_SIDE } from './modelInputs.ts';
import type { OnnxRuntime, OnnxSession } from './onnxRuntime.ts';
import { DETECTION_FIELDS } from './persons.ts';
import { CLASSES } from './style.ts';

interface ModelKind {
  readonly name: string;
  readonly side: number;
  readonly output: string;
  readonly values: number;
}
const CLASSIFIER: ModelKind = { name: 'classifier', side: CLASSIFIER_SIDE, output: 'probs', values: CLASSES.length };
const DETECTOR: ModelKind = {
  name: 'detector',
  side: DETECTOR_SIDE,
  output: 'detections',
  values: 100 * DETECTION_FIELDS,
};

interface OpenModel {
  readonly kind: ModelKind;
  readonly session: OnnxSession;
  /** name and the first 8 digits of the file's SHA-256 */
  readonly label: string;
}

/** Classifier and detector of media/models. Its calls block the thread: for a worker only. */
export class BundledModels {
  private readonly runtime: OnnxRuntime;
  private readonly classifier: OpenModel;
  private readonly detector: OpenModel;

  private constructor(runtime: OnnxRuntime, classifier: OpenModel, detector: OpenModel) {
    this.runtime = runtime;
    this.classifier = classifier;
    this.detector = detector;
  }

  /** @throws AnalyzerUnavailable a model is missing or damaged */
  static async load(folder: string, runtime: OnnxRuntime): Promise<BundledModels> {
    const classifier = await open(runtime, folder, CLASSIFIER);
    const detector = await open(runtime, folder, DETECTOR);
    return new BundledModels(runtime, classifier, detector);
  }

  /** Names of the models with the beginning of their SHA-256. */
  get label(): string {
    return `${this.classifier.label}, ${this.detector.label}`;
  }

  /** One probability for each of CLASSES. @param pixels as `modelInputs` makes them */
  classify(pixels: Uint8Array): Promise<Float32Array> {
    return run(this.runtime, this.classifier.session, this.classifier.kind, pixels);
  }

  /** Rows of DETECTION_FIELDS, in pixels of the square. @param pixels as `modelInputs` makes them */
  detect(pixels: Uint8Array): Promise<Float32Array> {
    return run(this.runtime, this.detector.session, this.detector.kind, pixels);
  }
}

function run(
  runtime: OnnxRuntime,
  session: OnnxSession,
  { side, output, values }: ModelKind,
  pixels: Uint8Array,
): Promise<Float32Array> {
  return session.run('input', runtime.tensor(pixels, [1, side, side, 3]), output, values);
}

async function open(runtime: OnnxRuntime, folder: string, kind: ModelKind): Promise<OpenModel> {
  const file = join(folder, `${kind.name}.onnx`);
  try {
    const bytes = await readFile(file);
    const label = `${kind.name} ${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`;
    return await runtime.open(bytes, async (session) => {
      if (!isTheOne(session, kind))
        throw new AnalyzerUnavailable(`The model ${file} is not the one that came with Image Inbox`);
      await run(runtime, session, kind, new Uint8Array(kind.side * kind.side * 3));
      return { kind, session, label };
    });
  } catch (cause) {
    if (cause instanceof AnalyzerUnavailable) throw cause;
    throw new AnalyzerUnavailable(`The model ${file} can't be loaded: ${firstLine(cause)}`, { cause });
  }
}

function isTheOne({ inputs, outputs }: OnnxSession, { side, output }: ModelKind): boolean {
  const input = inputs.find(({ name }) => name === 'input');
  return (
    input?.isTensor === true &&
    input.type === 'uint8' &&
    input.shape[1] === side &&
    outputs.some(({ name }) => name === output)
  );
}
