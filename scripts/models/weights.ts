import * as v from 'valibot';
import { ModelBuildError } from './modelBuildError.ts';

/**
 * A tensor's values in the form in which the npm package has them. The two packed forms are kept as they are:
 * float32 would make the models three and two times as large, and float16 for what was uint8 moves the classifier's
 * answers by up to 7e-3 (measured over 14 pictures).
 */
export type WeightData =
  | { readonly kind: 'float32'; readonly values: Float32Array }
  | { readonly kind: 'float16'; readonly bits: Uint16Array }
  /** value = level * scale + min; -min / scale need not be a whole number, so this is no ONNX zero point */
  | { readonly kind: 'uint8'; readonly levels: Uint8Array; readonly scale: number; readonly min: number }
  | { readonly kind: 'int32'; readonly values: Int32Array };

export interface Weight {
  readonly name: string;
  /** in TensorFlow's order, e.g. height, width, channels in, channels out for a kernel */
  readonly shape: readonly number[];
  readonly data: WeightData;
}

const quantization = v.variant('dtype', [
  v.object({ dtype: v.literal('uint8'), scale: v.number(), min: v.number() }),
  v.object({ dtype: v.literal('float16') }),
]);

/** One entry of `weightsManifest[].weights` in a tfjs model.json. */
export const weightSpec = v.object({
  name: v.string(),
  shape: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  dtype: v.picklist(['float32', 'int32']),
  quantization: v.optional(quantization),
});
export type WeightSpec = v.InferOutput<typeof weightSpec>;

/**
 * Cuts the weights out of a tfjs model's data.
 * @param specs in the order in which they lie in the data
 * @param data all shards, one after the other: a tensor may straddle two of them
 * @throws ModelBuildError `malformed` when specs and data do not fit each other
 */
export function readWeights(specs: readonly WeightSpec[], data: Uint8Array): ReadonlyMap<string, Weight> {
  const weights = new Map<string, Weight>();
  let offset = 0;
  // A copy, because a typed array of wider elements must start at a multiple of their size.
  const take = (length: number): ArrayBuffer => {
    if (offset + length > data.length) {
      throw new ModelBuildError('malformed', `weight data ends at ${data.length}, wanted up to ${offset + length}`);
    }
    const bytes = new Uint8Array(length);
    bytes.set(data.subarray(offset, offset + length));
    offset += length;
    return bytes.buffer;
  };
  for (const { name, shape, dtype, quantization: packing } of specs) {
    const count = elementCount(shape);
    if (dtype === 'int32') {
      if (packing) throw new ModelBuildError('unsupported', `weight "${name}": quantised int32`);
      weights.set(name, { name, shape, data: { kind: 'int32', values: new Int32Array(take(count * 4)) } });
    } else if (!packing) {
      weights.set(name, { name, shape, data: { kind: 'float32', values: new Float32Array(take(count * 4)) } });
    } else if (packing.dtype === 'float16') {
      weights.set(name, { name, shape, data: { kind: 'float16', bits: new Uint16Array(take(count * 2)) } });
    } else {
      const { scale, min } = packing;
      weights.set(name, { name, shape, data: { kind: 'uint8', levels: new Uint8Array(take(count)), scale, min } });
    }
  }
  if (offset !== data.length) {
    throw new ModelBuildError('malformed', `${data.length - offset} bytes of weight data belong to no weight`);
  }
  return weights;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The values as the original runtime sees them. */
export function weightValues({ data }: Weight): Float32Array {
  switch (data.kind) {
    case 'float32':
      return data.values;
    case 'int32':
      return Float32Array.from(data.values);
    case 'float16':
      return Float32Array.from(data.bits, halfToFloat);
    case 'uint8':
      return Float32Array.from(data.levels, (level) => level * data.scale + data.min);
  }
}

/** IEEE 754 binary16. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
