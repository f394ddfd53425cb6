import type { Clock } from '../../../core/ports/clock.ts';
import { againAfter, Courier, type Attempt } from '../../http/courier.ts';
import { Throttle } from '../../http/throttle.ts';
import type { TaggerForm } from '../tagger/taggerForm.ts';
import { taggerDims } from '../tagger/taggerInput.ts';
import { TaggerProblem } from '../tagger/taggerProblem.ts';
import { checkedScores } from '../tagger/taggerScores.ts';
import { taggerShape, type TaggerShape } from '../tagger/taggerShape.ts';
import type { Encoding, TagsWanted } from '../threadMessages.ts';
import { Batches } from './batches.ts';
import {
  InferenceHttp,
  PROVIDER,
  type InferenceHttpOptions,
  type InferenceRequest,
  type TensorAnswer,
} from './inferenceHttp.ts';
import {
  ProtocolError,
  readEncoding,
  readError,
  readInference,
  readModelMetadata,
  writeInference,
} from './inferenceProtocol.ts';

export interface InferenceServerOptions extends InferenceHttpOptions {
  /** name of the model on the server */
  readonly model: string;
  readonly clock: Clock;
}

/** The server gives no answer, now or ever; the message says why, the same for all pictures concerned. */
export class ServerUnusable extends Error {
  override readonly name = 'ServerUnusable';
}

/** Triton, told nothing else, gives a model batches of four. */
const LARGEST_BATCH = 4;

/** What came of a request: what was read in the answer, or why there is none. */
type Outcome =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'error'; readonly error: ServerUnusable };

/** What is known of the model on the server, once it has been asked. */
interface Served {
  readonly shape: TaggerShape;
  readonly encoding: Encoding;
}

/**
 * A tagger on a server that speaks the Open Inference Protocol.
 *
 *   wanted -> GET /v2/models/NAME, GET /v2 -> size and encoding of pictures, which an analyzer thread makes
 *   scores -> Batches -> Courier (tries, outages) -> InferenceHttp -> POST /v2/models/NAME/infer
 */
export class InferenceServer {
  private readonly options: InferenceServerOptions;
  private readonly form: TaggerForm;
  private readonly tags: number;
  private readonly http: InferenceHttp;
  private readonly courier: Courier<Outcome>;
  private readonly batches: Batches<Uint8Array, Float32Array>;
  private readonly closing = new AbortController();
  private served: Promise<Served> | undefined;
  /** of the last inference that failed */
  private trouble: ServerUnusable | undefined;

  /** @param tags how many the model knows */
  constructor(options: InferenceServerOptions, form: TaggerForm, tags: number) {
    const { clock, log, traffic } = options;
    this.options = options;
    this.form = form;
    this.tags = tags;
    this.http = new InferenceHttp(options);
    this.courier = new Courier({
      service: 'The inference server',
      throttle: new Throttle(clock, 0),
      clock,
      log,
      traffic,
    });
    this.batches = new Batches(1, (pictures) => this.infer(pictures));
  }

  /** For people, and for the result: which model, and where. */
  get label(): string {
    return `${this.options.model} at ${new URL(this.options.endpoint).host}`;
  }

  /** How the pictures are to be made ready for it. @throws ServerUnusable */
  async wanted(): Promise<TagsWanted> {
    const { shape, encoding } = await this.meet();
    // while it is down no picture is made ready for nothing
    if (this.trouble && this.isDown) throw this.trouble;
    return { kind: 'inputs', side: shape.side, form: this.form, as: encoding };
  }

  /** A score from 0 to 1 for each tag, for each picture. @param pictures as `wanted` says @throws ServerUnusable */
  scores(pictures: readonly Uint8Array[]): Promise<readonly Float32Array[]> {
    return Promise.all(pictures.map((picture) => this.batches.add(picture)));
  }

  /** Whoever waits for an answer is rejected. */
  async close(): Promise<void> {
    this.closing.abort(new ServerUnusable('The inference server is no longer asked.'));
    await this.http.close();
  }

  /** Asks after the model once, and again after a failure: whether the server is asked at all is the Courier's. */
  private meet(): Promise<Served> {
    this.served ??= this.introduce();
    return this.served;
  }

  private async introduce(): Promise<Served> {
    try {
      const { shape, takesBatches } = await this.ask({ path: this.modelPath }, ({ text }) => {
        const { inputs, outputs, takesBatches } = readModelMetadata(text);
        return { shape: taggerShape(inputs, outputs, this.form, this.tags), takesBatches };
      });
      this.batches.size = takesBatches ? LARGEST_BATCH : 1;
      return { shape, encoding: await this.encoding() };
    } catch (error) {
      this.served = undefined;
      throw error;
    }
  }

  /** A server that does not tell of itself gets JSON, which all understand. */
  private async encoding(): Promise<Encoding> {
    try {
      return await this.ask({ path: '/v2' }, ({ text }) => readEncoding(text));
    } catch (error) {
      if (error instanceof Refused) return 'json';
      throw error;
    }
  }

  private async infer(pictures: readonly Uint8Array[]): Promise<readonly Float32Array[]> {
    const { shape, encoding } = await this.meet();
    const { input, side, output } = shape;
    const dims = taggerDims(pictures.length, side, this.form);
    const body = writeInference({ input, dims, output, encoding }, pictures);
    try {
      const request = { path: `${this.modelPath}/infer`, body, pictures: pictures.length };
      return await this.ask(request, (answer) =>
        readInference(answer, output, pictures.length, this.tags).map((row) => checkedScores(row, this.form)),
      );
    } catch (error) {
      if (error instanceof Refused && pictures.length > 1) return this.inferEach(pictures);
      if (error instanceof ServerUnusable) this.trouble = error;
      throw error;
    }
  }

  /** A model that varies in its first dimension need not take as many pictures as we like. */
  private async inferEach(pictures: readonly Uint8Array[]): Promise<readonly Float32Array[]> {
    this.batches.size = 1;
    const rows: Float32Array[] = [];
    for (const picture of pictures) rows.push(...(await this.infer([picture])));
    return rows;
  }

  private get isDown(): boolean {
    const [next = 0] = this.courier.starts(1);
    return next > this.options.clock.now();
  }

  private get modelPath(): string {
    return `/v2/models/${encodeURIComponent(this.options.model)}`;
  }

  /** @throws ServerUnusable */
  private async ask<T>(request: InferenceRequest, read: (answer: TensorAnswer) => T): Promise<T> {
    const outcome = await this.courier.deliver(PROVIDER, () => this.attempt(request, read), this.closing.signal);
    if (outcome.kind === 'error') throw outcome.error;
    return outcome.value as T;
  }

  private async attempt(request: InferenceRequest, read: (answer: TensorAnswer) => unknown): Promise<Attempt<Outcome>> {
    const answer = await this.http.exchange(request, this.closing.signal);
    const server = `The inference server ${new URL(this.options.endpoint).host}`;
    if (answer.kind === 'failure') {
      const result = failed(new ServerUnusable(`${server} ${answer.message}.`));
      // whoever was silent for so long would be so three times over, while the pictures wait
      return answer.trouble === 'network' ? { result, againAfter: 0 } : { result, lost: true };
    }
    if (answer.status !== 200) {
      const said = readError(answer.text);
      const why = `${server} refuses (${answer.status}${said === undefined ? '' : `: ${said}`}).`;
      const wait = againAfter(answer, this.options.clock.now());
      if (wait !== undefined) return { result: failed(new ServerUnusable(why)), againAfter: wait };
      return { result: failed(new Refused(why)), lost: true };
    }
    try {
      return { result: { kind: 'value', value: read(answer) } };
    } catch (error) {
      if (!(error instanceof ProtocolError || error instanceof TaggerProblem)) throw error;
      const message = `${server} can't be used. ${error.message}`;
      return { result: failed(new ServerUnusable(message, { cause: error })), lost: true };
    }
  }
}

const failed = (error: ServerUnusable): Outcome => ({ kind: 'error', error });

/** The server understood, and says no. */
class Refused extends ServerUnusable {}
