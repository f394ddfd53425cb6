import { BundledModels } from './bundledModels.ts';
import type { CallGate } from './callGate.ts';
import { modelInputs } from './modelInputs.ts';
import { OnnxRuntime, type Device } from './onnxRuntime.ts';
import { LocalTagger, type TaggerSetup } from './tagger/localTagger.ts';
import { taggerInput } from './tagger/taggerInput.ts';
import type { Encoding, PictureAnswer, TaggerFacts, TagsWanted } from './threadMessages.ts';

/** All models of one analyzer thread. */
export class ThreadModels {
  private readonly runtime: OnnxRuntime;
  private readonly bundled: BundledModels;
  private tagger: LocalTagger | undefined;

  private constructor(runtime: OnnxRuntime, bundled: BundledModels) {
    this.runtime = runtime;
    this.bundled = bundled;
  }

  /** @throws AnalyzerUnavailable the native module can't be loaded, or a bundled model is missing or damaged */
  static async load(folder: string, device: Device, gate: CallGate): Promise<ThreadModels> {
    const runtime = await OnnxRuntime.load(device, gate);
    return new ThreadModels(runtime, await BundledModels.load(folder, runtime));
  }

  get runtimeVersion(): string {
    return this.runtime.version;
  }

  get note(): string | undefined {
    return this.runtime.note;
  }

  /** @throws ImageError, DecoderLacks as `decode`; TaggerProblem; whatever onnxruntime throws */
  async answer(path: string, tags: TagsWanted): Promise<PictureAnswer> {
    const tagger = tags.kind === 'scores' ? await this.openTagger(tags.tagger) : undefined;
    const began = performance.now();
    const side = tags.kind === 'inputs' ? tags.side : tagger?.side;
    const { size, look, classifier, detector, box, tagger: frames } = await modelInputs(path, side);
    const probabilities = await this.bundled.classify(classifier);
    const detections = await this.bundled.detect(detector);
    const scores: Float32Array[] = [];
    if (tagger) for (const frame of frames) scores.push(await tagger.scores(frame));
    const inputs =
      tags.kind === 'inputs' ? frames.map((frame) => encoded(taggerInput(frame, tags.side, tags.form), tags.as)) : [];
    const model = tagger ? `${this.bundled.label}, ${tagger.label}` : this.bundled.label;
    return { ...size, look, probabilities, detections, box, scores, inputs, model, ms: performance.now() - began };
  }

  /** @throws TaggerProblem */
  async describeTagger(setup: TaggerSetup): Promise<TaggerFacts> {
    const { side, sha256, firstMs } = await this.openTagger(setup);
    return { side, sha256, firstMs };
  }

  /** There is one a run. */
  private async openTagger(setup: TaggerSetup): Promise<LocalTagger> {
    return (this.tagger ??= await LocalTagger.open(this.runtime, setup));
  }
}

function encoded(values: Float32Array<ArrayBuffer>, as: Encoding): Uint8Array<ArrayBuffer> {
  if (as === 'float32') return new Uint8Array(values.buffer);
  // float32 written out as it is has up to 17 digits, of which 6 mean something
  return new TextEncoder().encode(Array.from(values, (value) => Math.round(value * 1e6) / 1e6).join());
}
