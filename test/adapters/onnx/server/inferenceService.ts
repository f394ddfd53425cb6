import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export interface InferenceServiceOptions {
  readonly model: Uint8Array;
  readonly name: string;
  /** knows the extension for tensors as bytes, and says so; default true */
  readonly binary?: boolean;
  /** the most pictures that it takes at once; default any number */
  readonly batch?: number;
  /** tells nothing of itself, though the protocol wants it to */
  readonly isShy?: true;
  /** whether its metadata leave the number of pictures open; default true */
  readonly statesAnyBatch?: boolean;
  /** milliseconds that it takes for a picture; default none */
  readonly msPerPicture?: number;
}

/** How it misbehaves at every inference, if it does. */
export type Trouble =
  | { readonly kind: 'silent' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'says'; readonly status: number; readonly body: string };

export interface ReceivedInference {
  readonly pictures: number;
  readonly encoding: 'binary' | 'json';
}

interface RequestInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly parameters?: { readonly binary_data_size?: number };
  readonly data?: readonly unknown[];
}
interface InferRequest {
  readonly inputs: readonly RequestInput[];
  readonly outputs?: readonly { readonly name: string; readonly parameters?: { readonly binary_data?: boolean } }[];
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const DATATYPES: Readonly<Record<string, string>> = { float32: 'FP32' };
const JSON_LENGTH = 'inference-header-content-length';

/**
 * A stand-in for Triton and its kind: speaks the Open Inference Protocol (KServe v2) over HTTP on 127.0.0.1, as its
 * specification has it, with the extension for tensors as bytes, and runs the model for real. It takes no liberties: whatever
 * the protocol does not allow is refused.
 */
export class InferenceService {
  /** all inferences that it was asked for, in the order of their coming */
  readonly inferences: ReceivedInference[] = [];
  /** requests of any kind, by method and path */
  readonly requests: string[] = [];
  trouble: Trouble | undefined;
  private readonly options: InferenceServiceOptions;
  private readonly session: Promise<InferenceSession>;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  constructor(options: InferenceServiceOptions) {
    this.options = options;
    this.session = InferenceSession.create(options.model, { intraOpNumThreads: 1 });
  }

  /** @returns the base address. Whoever starts it closes it. */
  async start(): Promise<string> {
    await this.session;
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await (await this.session).release();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    this.requests.push(`${request.method} ${path}`);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      await this.answer(request, path, Buffer.concat(chunks), response);
    } catch (error) {
      if (request.socket.destroyed) return;
      const status = error instanceof Refusal ? error.status : 500;
      say(response, status, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  private async answer(request: IncomingMessage, path: string, body: Buffer, response: ServerResponse): Promise<void> {
    const { name, binary = true, isShy } = this.options;
    if (path === '/v2' && request.method === 'GET' && !isShy) {
      say(response, 200, { name: 'stand-in', version: '1', extensions: binary ? ['binary_tensor_data'] : [] });
      return;
    }
    const [, asked = '', action] = /^\/v2\/models\/([^/]+)(\/infer)?$/.exec(path) ?? [];
    if (decodeURIComponent(asked) !== name) throw new Refusal(404, `unknown model '${decodeURIComponent(asked)}'`);
    if (request.method === 'GET' && !action) say(response, 200, await this.metadata());
    else if (request.method !== 'POST' || !action) throw new Refusal(405, 'method not allowed');
    else if (this.trouble) misbehave(this.trouble, request, response);
    else await this.infer(request, body, response);
  }

  private async metadata(): Promise<object> {
    const { name, statesAnyBatch = true } = this.options;
    const { inputMetadata, outputMetadata } = await this.session;
    const tensors = (all: InferenceSession['inputMetadata']) =>
      all.map((tensor) => ({
        name: tensor.name,
        datatype: tensor.isTensor ? DATATYPES[tensor.type] : 'BYTES',
        shape: tensor.isTensor
          ? tensor.shape.map((size, i) => (typeof size === 'number' ? size : i === 0 && !statesAnyBatch ? 1 : -1))
          : [],
      }));
    return {
      name,
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: tensors(inputMetadata),
      outputs: tensors(outputMetadata),
    };
  }

  private async infer(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const stated = request.headers[JSON_LENGTH];
    if (stated !== undefined && !(this.options.binary ?? true))
      throw new Refusal(400, 'binary tensors are not supported');
    const jsonLength = stated === undefined ? body.length : Number(stated);
    const { inputs, outputs = [] } = JSON.parse(body.toString('utf8', 0, jsonLength)) as InferRequest;
    const session = await this.session;
    const [input, ...others] = inputs;
    if (!input || others.length > 0 || input.name !== session.inputNames[0])
      throw new Refusal(400, 'unexpected inputs');
    const values = tensorOf(input, body.subarray(jsonLength));
    const { shape } = input;
    const pictures = shape[0] ?? 0;
    this.inferences.push({ pictures, encoding: stated === undefined ? 'json' : 'binary' });
    const { batch = Infinity, msPerPicture = 0 } = this.options;
    if (pictures > batch) throw new Refusal(400, `batch-size must be <= ${batch}`);
    await wait(pictures * msPerPicture);
    const results = await session.run({ [input.name]: new Tensor('float32', values, [...shape]) });
    const wanted: NonNullable<InferRequest['outputs']> =
      outputs.length > 0 ? outputs : session.outputNames.map((name) => ({ name }));
    const tensors = wanted.map(({ name, parameters }) => {
      const result = results[name];
      if (!result) throw new Refusal(400, `unexpected inference output '${name}'`);
      const data = result.data as Float32Array;
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      const about = { name, datatype: 'FP32', shape: result.dims };
      return parameters?.binary_data
        ? { about: { ...about, parameters: { binary_data_size: bytes.length } }, bytes }
        : { about: { ...about, data: [...data] }, bytes: Buffer.alloc(0) };
    });
    const json = Buffer.from(
      JSON.stringify({ model_name: this.options.name, outputs: tensors.map(({ about }) => about) }),
    );
    const binary = Buffer.concat(tensors.map(({ bytes }) => bytes));
    response
      .writeHead(
        200,
        binary.length > 0 ? { [JSON_LENGTH]: String(json.length) } : { 'content-type': 'application/json' },
      )
      .end(Buffer.concat([json, binary]));
  }
}

function misbehave(trouble: Trouble, request: IncomingMessage, response: ServerResponse): void {
  if (trouble.kind === 'reset') request.socket.resetAndDestroy();
  if (trouble.kind === 'says') response.writeHead(trouble.status).end(trouble.body);
}

function tensorOf(input: RequestInput, binary: Buffer): Float32Array {
  if (input.datatype !== 'FP32') throw new Refusal(400, `unexpected datatype ${input.datatype}`);
  const count = input.shape.reduce((product, size) => product * size, 1);
  const size = input.parameters?.binary_data_size;
  if (size === undefined) {
    if (binary.length > 0) throw new Refusal(400, 'bytes that nobody announced');
    const data = (input.data ?? []).flat(Infinity) as number[];
    if (data.length !== count || !data.every((value) => typeof value === 'number'))
      throw new Refusal(400, 'wrong data');
    return Float32Array.from(data);
  }
  if (input.data || size !== binary.length || size !== 4 * count)
    throw new Refusal(400, 'unexpected size of the tensor');
  return new Float32Array(Uint8Array.from(binary).buffer);
}

function say(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
