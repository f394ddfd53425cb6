import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { AnalyzerUnavailable } from '../../core/ports/imageAnalyzer.ts';
import type { CallGate } from './callGate.ts';
import type { Letterbox } from './letterbox.ts';
import { CLASSIFIER_SIDE, DETECTOR_SIDE, modelInputs } from './modelInputs.ts';
import { DETECTION_FIELDS } from './persons.ts';
import { CLASSES } from './style.ts';

/** What the bundled models say of a picture, before anything is made of it. */
export interface PictureAnswer {
  /** pixels, as shown */
  readonly width: number;
  readonly height: number;
  /** one for each of CLASSES, 0 to 1 */
  readonly probabilities: Float32Array;
  /** rows of DETECTION_FIELDS, in pixels of the square that `box` lies in */
  readonly detections: Float32Array;
  readonly box: Letterbox;
  /** names of the models with the beginning of their SHA-256 */
  readonly model: string;
  /** milliseconds from the file to the answer */
  readonly ms: number;
}

type Runtime = typeof import('onnxruntime-node');

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
  readonly session: InferenceSession;
  /** name and the first 8 digits of the file's SHA-256 */
  readonly label: string;
}

const SESSION: InferenceSession.SessionOptions = {
  // the threads of one session spin while they wait, which on a busy machine costs up to ten times the work;
  // the cores are filled with workers instead
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  // planning the memory ahead takes 40 MB more for each thread and gains 3 % at most
  enableMemPattern: false,
  // errors only: what onnxruntime prints goes past Node, right into the terminal's progress bars
  logSeverityLevel: 3,
};

/** Classifier and detector of media/models in onnxruntime. Its calls block the thread: for a worker only. */
export class BundledModels {
  private readonly runtime: Runtime;
  private readonly classifier: OpenModel;
  private readonly detector: OpenModel;
  private readonly gate: CallGate;

  private constructor(runtime: Runtime, classifier: OpenModel, detector: OpenModel, gate: CallGate) {
    this.runtime = runtime;
    this.classifier = classifier;
    this.detector = detector;
    this.gate = gate;
  }

  /** @throws AnalyzerUnavailable the native module can't be loaded, or a model is missing or damaged */
  static async load(folder: string, gate: CallGate): Promise<BundledModels> {
    let runtime: Runtime;
    try {
      runtime = await import('onnxruntime-node');
    } catch (cause) {
      throw new AnalyzerUnavailable(`Pictures can't be analyzed on this machine: ${firstLine(cause)}`, { cause });
    }
    const classifier = await open(runtime, folder, CLASSIFIER, gate);
    const detector = await open(runtime, folder, DETECTOR, gate);
    return new BundledModels(runtime, classifier, detector, gate);
  }

  /** @throws ImageError, DecoderLacks as `decode`; whatever onnxruntime throws */
  async answer(path: string): Promise<PictureAnswer> {
    const began = performance.now();
    const { size, classifier, detector, box } = await modelInputs(path);
    const probabilities = await this.run(this.classifier, classifier);
    const detections = await this.run(this.detector, detector);
    const model = `${this.classifier.label}, ${this.detector.label}`;
    return { ...size, probabilities, detections, box, model, ms: performance.now() - began };
  }

  private async run({ kind, session }: OpenModel, pixels: Uint8Array): Promise<Float32Array> {
    const input = new this.runtime.Tensor('uint8', pixels, [1, kind.side, kind.side, 3]);
    const results = await this.gate.through(() => session.run({ input }));
    const data = results[kind.output]?.data;
    if (!(data instanceof Float32Array) || data.length !== kind.values) {
      throw new Error(`${kind.name} gave no ${kind.values} numbers as ${kind.output}`);
    }
    return data;
  }
}

async function open(runtime: Runtime, folder: string, kind: ModelKind, gate: CallGate): Promise<OpenModel> {
  const file = join(folder, `${kind.name}.onnx`);
  let session: InferenceSession;
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
    session = await gate.through(() => runtime.InferenceSession.create(bytes, SESSION));
  } catch (cause) {
    throw new AnalyzerUnavailable(`The model ${file} can't be loaded: ${firstLine(cause)}`, { cause });
  }
  const input = session.inputMetadata.find(({ name }) => name === 'input');
  const fits = input?.isTensor === true && input.type === 'uint8' && input.shape[1] === kind.side;
  if (!fits || !session.outputNames.includes(kind.output)) {
    throw new AnalyzerUnavailable(`The model ${file} is not the one that came with Image Inbox`);
  }
  return { kind, session, label: `${kind.name} ${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}` };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
