import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { InferenceSession } from 'onnxruntime-node';
import { AnalyzerUnavailable } from '../../../core/ports/imageAnalyzer.ts';
import { firstLine } from '../firstLine.ts';
import type { OnnxRuntime, OnnxSession } from '../onnxRuntime.ts';
import type { TaggerForm } from './taggerForm.ts';
import { taggerDims, taggerInput } from './taggerInput.ts';
import { TaggerProblem } from './taggerProblem.ts';
import { checkedScores } from './taggerScores.ts';
import { taggerShape, type TaggerShape, type TensorForm } from './taggerShape.ts';

/** What a thread needs to know of a tagger's folder. */
export interface TaggerSetup {
  readonly name: string;
  /** absolute path of the model */
  readonly file: string;
  readonly form: TaggerForm;
  /** how many */
  readonly tags: number;
}

/** A user's tagger in this thread. Its calls block the thread: for a worker only. */
export class LocalTagger {
  /** pixels */
  readonly side: number;
  readonly sha256: string;
  /** milliseconds that its first picture took */
  readonly firstMs: number;
  private readonly runtime: OnnxRuntime;
  private readonly session: OnnxSession;
  private readonly setup: TaggerSetup;
  private readonly shape: TaggerShape;

  private constructor(runtime: OnnxRuntime, setup: TaggerSetup, sha256: string, opened: Opened) {
    this.runtime = runtime;
    this.setup = setup;
    this.sha256 = sha256;
    this.session = opened.session;
    this.shape = opened.shape;
    this.side = opened.shape.side;
    this.firstMs = opened.ms;
  }

  /**
   * Loads the model and shows it a white picture.
   * @throws TaggerProblem `model`: it can't be loaded, or does not answer as a tagger; AnalyzerUnavailable as OnnxRuntime.open
   */
  static async open(runtime: OnnxRuntime, setup: TaggerSetup): Promise<LocalTagger> {
    try {
      const sha256 = await sha256Of(setup.file);
      // by its path: weights may lie in a file beside it, and its bytes would be in memory twice
      const opened = await runtime.open(setup.file, (session) => tryOut(runtime, session, setup));
      return new LocalTagger(runtime, setup, sha256, opened);
    } catch (cause) {
      if (cause instanceof AnalyzerUnavailable) throw cause;
      const why = cause instanceof TaggerProblem ? cause.message : `It fails: ${firstLine(cause)}`;
      throw new TaggerProblem('model', `The tagger ${setup.file} can't be used. ${why}`, { cause });
    }
  }

  /** Its name with the beginning of its SHA-256. */
  get label(): string {
    return `${this.setup.name} ${this.sha256.slice(0, 8)}`;
  }

  /** A score from 0 to 1 for each tag. @param pixels RGB rows of `side` x `side` */
  scores(pixels: Uint8Array): Promise<Float32Array> {
    return ask(this.runtime, this.session, this.setup, this.shape, pixels);
  }
}

interface Opened {
  readonly session: OnnxSession;
  readonly shape: TaggerShape;
  readonly ms: number;
}

async function tryOut(runtime: OnnxRuntime, session: OnnxSession, setup: TaggerSetup): Promise<Opened> {
  const { form, tags } = setup;
  const shape = taggerShape(session.inputs.map(tensorForm), session.outputs.map(tensorForm), form, tags);
  const began = performance.now();
  await ask(runtime, session, setup, shape, new Uint8Array(3 * shape.side ** 2).fill(255));
  const ms = performance.now() - began;
  return { session, shape, ms };
}

async function ask(
  runtime: OnnxRuntime,
  session: OnnxSession,
  { form, tags }: TaggerSetup,
  { input, side, output }: TaggerShape,
  pixels: Uint8Array,
): Promise<Float32Array> {
  const tensor = runtime.tensor(taggerInput(pixels, side, form), taggerDims(1, side, form));
  return checkedScores(await session.run(input, tensor, output, tags), form);
}

function tensorForm(value: InferenceSession.ValueMetadata): TensorForm {
  if (!value.isTensor) return { name: value.name, type: 'no', shape: [] };
  const shape = value.shape.map((size) => (typeof size === 'number' && size >= 0 ? size : undefined));
  return { name: value.name, type: value.type, shape };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
