import * as v from 'valibot';
import { parseJson } from '../../http/parseJson.ts';
import type { TensorForm } from '../tagger/taggerShape.ts';
import type { Encoding } from '../threadMessages.ts';
import type { TensorAnswer, TensorBody } from './inferenceHttp.ts';

/**
 * The messages of the Open Inference Protocol (KServe v2), over HTTP:
 * https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 * and of its extension by tensors as bytes, which Triton and KServe have:
 * https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */

/** The server says something that the protocol does not know; the message is a sentence. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const tensorMetadata = v.object({ name: v.string(), datatype: v.string(), shape: v.array(v.number()) });
const modelMetadata = v.object({
  versions: v.optional(v.nullable(v.array(v.string()))),
  inputs: v.array(tensorMetadata),
  outputs: v.array(tensorMetadata),
});
const serverMetadata = v.object({ extensions: v.optional(v.nullable(v.array(v.string()))) });
const errorAnswer = v.object({ error: v.string() });
const inferAnswer = v.object({
  model_version: v.optional(v.nullable(v.string())),
  outputs: v.array(
    v.object({
      name: v.string(),
      datatype: v.string(),
      shape: v.array(v.number()),
      parameters: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
      data: v.optional(v.array(v.unknown())),
    }),
  ),
});

export interface ModelMetadata {
  readonly inputs: readonly TensorForm[];
  readonly outputs: readonly TensorForm[];
  /** several pictures can be sent at once */
  readonly takesBatches: boolean;
}

/** @throws ProtocolError */
export function readModelMetadata(text: string): ModelMetadata {
  const { inputs, outputs } = read(modelMetadata, text, 'Its description of the model');
  return {
    inputs: inputs.map(tensorForm),
    outputs: outputs.map(tensorForm),
    takesBatches: inputs.every(({ shape }) => shape[0] === -1),
  };
}

/** How tensors are best sent; JSON is what every server understands. */
export function readEncoding(text: string): Encoding {
  const { output, success } = v.safeParse(serverMetadata, parseJson(text));
  return success && output.extensions?.includes('binary_tensor_data') ? 'float32' : 'json';
}

/** The server's own words for an error, if it has any. */
export function readError(text: string): string | undefined {
  const { output, success } = v.safeParse(errorAnswer, parseJson(text));
  return success ? output.error : undefined;
}

export interface InferenceTask {
  readonly input: string;
  /** of all pictures together */
  readonly dims: readonly number[];
  readonly output: string;
  readonly encoding: Encoding;
}

/** @param pictures encoded as the task says, one after the other */
export function writeInference(
  { input, dims, output, encoding }: InferenceTask,
  pictures: readonly Uint8Array[],
): TensorBody {
  const tensor = { name: input, shape: dims, datatype: 'FP32' };
  if (encoding === 'float32') {
    const binary_data_size = pictures.reduce((sum, { length }) => sum + length, 0);
    const inputs = [{ ...tensor, parameters: { binary_data_size } }];
    const outputs = [{ name: output, parameters: { binary_data: true } }];
    return { json: utf8(JSON.stringify({ inputs, outputs })), tensors: pictures };
  }
  const frame = JSON.stringify({ inputs: [{ ...tensor, data: [] }], outputs: [{ name: output }] });
  const at = frame.indexOf('[]') + 1;
  const data = pictures.flatMap((picture, i) => (i === 0 ? [picture] : [utf8(','), picture]));
  return { json: Buffer.concat([utf8(frame.slice(0, at)), ...data, utf8(frame.slice(at))]), tensors: [] };
}

/** One row of `count` numbers for each picture. @throws ProtocolError */
export function readInference(
  { text, tensors }: TensorAnswer,
  output: string,
  pictures: number,
  count: number,
): readonly Float32Array[] {
  const { outputs } = read(inferAnswer, text, 'Its answer');
  let at = 0;
  for (const { name, datatype, data, parameters } of outputs) {
    const size = Number(parameters?.['binary_data_size'] ?? 0);
    const bytes = tensors.subarray(at, (at += size));
    if (name !== output) continue;
    if (datatype !== 'FP32') throw new ProtocolError(`It answers in ${datatype}, where FP32 is understood.`);
    const values = data ? Float32Array.from(data.flat(Infinity) as number[]) : floats(bytes);
    if (values.length !== pictures * count) {
      throw new ProtocolError(`It answers with ${values.length} numbers, where ${pictures} x ${count} belong.`);
    }
    return Array.from({ length: pictures }, (_, i) => values.slice(i * count, (i + 1) * count));
  }
  throw new ProtocolError(`Its answer has no output "${output}".`);
}

/** Copied: an array of numbers must begin at a multiple of four, which these bytes need not. */
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes.subarray(0, bytes.length & ~3)).buffer);
}

function tensorForm({ name, datatype, shape }: v.InferOutput<typeof tensorMetadata>): TensorForm {
  const type = datatype === 'FP32' ? 'float32' : datatype;
  return { name, type, shape: shape.map((size) => (size < 0 ? undefined : size)) };
}

function read<T>(schema: v.GenericSchema<unknown, T>, text: string, what: string): T {
  const { output, success, issues } = v.safeParse(schema, parseJson(text));
  if (success) return output;
  throw new ProtocolError(`${what} is not what the protocol says (${issues[0].message}).`);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
