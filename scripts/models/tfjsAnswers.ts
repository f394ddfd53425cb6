import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { CLASSIFIER_SIZE } from './classifier.ts';
import { detectionRows } from './comparison.ts';
import { DETECTOR_SIZE } from './detector.ts';
import type { Answers } from './goldens.ts';
import { patternPixels, type PatternName } from './patterns.ts';
import { readCenternetModel, readNsfwjsModel, type ModelSource } from './sources.ts';

// As much of @tensorflow/tfjs as is used here: with 272 MB it is no dependency, so its types are not there either.
interface TfjsTensor {
  toFloat(): TfjsTensor;
  div(divisor: number): TfjsTensor;
  data(): Promise<ArrayLike<number>>;
}
interface Tfjs {
  readonly version: { readonly tfjs: string };
  readonly io: { fromMemory(artifacts: object): object };
  setBackend(name: 'cpu'): Promise<boolean>;
  tensor4d(values: Uint8Array, shape: readonly number[], type: 'int32'): TfjsTensor;
  loadLayersModel(handler: object): Promise<{ predict(input: TfjsTensor): TfjsTensor }>;
  loadGraphModel(handler: object): Promise<{ execute(input: TfjsTensor, output: string): TfjsTensor }>;
}

/** What the original models say of patterns, through tfjs in plain JavaScript: the reference. Seconds for each. */
export class TfjsAnswers {
  readonly reference: string;
  readonly #tfjs: Tfjs;
  readonly #classifier: Awaited<ReturnType<Tfjs['loadLayersModel']>>;
  readonly #detector: Awaited<ReturnType<Tfjs['loadGraphModel']>>;

  private constructor(
    tfjs: Tfjs,
    classifier: Awaited<ReturnType<Tfjs['loadLayersModel']>>,
    detector: Awaited<ReturnType<Tfjs['loadGraphModel']>>,
  ) {
    this.reference = `@tensorflow/tfjs@${tfjs.version.tfjs} (cpu)`;
    this.#tfjs = tfjs;
    this.#classifier = classifier;
    this.#detector = detector;
  }

  /** @param folder in or above which @tensorflow/tfjs is installed */
  static async load(folder: string): Promise<TfjsAnswers> {
    const file = createRequire(path.join(folder, 'package.json')).resolve('@tensorflow/tfjs');
    const { default: tfjs } = (await import(pathToFileURL(file).href)) as { default: Tfjs };
    await tfjs.setBackend('cpu');
    const classifier = await tfjs.loadLayersModel(tfjs.io.fromMemory(artifacts(await readNsfwjsModel())));
    const detector = await tfjs.loadGraphModel(tfjs.io.fromMemory(artifacts(await readCenternetModel())));
    return new TfjsAnswers(tfjs, classifier, detector);
  }

  async of(pattern: PatternName): Promise<Answers> {
    // As NSFWJS and Human feed their models: 0 to 1, and 0 to 255.
    const probs = await this.#classifier.predict(this.#pixels(pattern, CLASSIFIER_SIZE).div(255)).data();
    const detections = await this.#detector.execute(this.#pixels(pattern, DETECTOR_SIZE), 'tower_0/detections').data();
    return { probs: Array.from(probs), detections: detectionRows(detections) };
  }

  #pixels(pattern: PatternName, size: number): TfjsTensor {
    return this.#tfjs.tensor4d(patternPixels(pattern, size), [1, size, size, 3], 'int32').toFloat();
  }
}

const modelJson = v.object({
  modelTopology: v.looseObject({}),
  weightsManifest: v.array(v.object({ weights: v.array(v.looseObject({})) })),
});

/** tfjs' own reading of the package's files: nothing of our converter is in it. */
function artifacts({ original }: ModelSource<unknown>): object {
  const { modelTopology, weightsManifest } = v.parse(modelJson, original.json);
  return {
    modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: original.data.slice().buffer,
  };
}
