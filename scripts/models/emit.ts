import { ModelBuildError } from './modelBuildError.ts';
import type { DataType, OnnxGraph } from './onnx.ts';
import { elementCount, weightValues, type Weight } from './weights.ts';

/**
 * Pictures and what convolutions make of them. TensorFlow has them as NHWC, ONNX as NCHW; here they are NCHW from the
 * input's one Transpose on, and no other op of the two models minds, since each works on pixels or on channels.
 */
export interface FeatureMap {
  readonly kind: 'map';
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A row of numbers for each picture: [N, count]. */
export interface FeatureVector {
  readonly kind: 'vector';
  readonly name: string;
  readonly count: number;
}

type Pair = readonly [number, number];

/** `same` and `valid` as TensorFlow means them, or pixels at each edge. */
export type Padding =
  'same' | 'valid' | { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };

export const ACTIVATIONS = ['linear', 'relu', 'relu6', 'sigmoid', 'softmax'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

export interface WindowOptions {
  /** vertical, horizontal */
  readonly strides: Pair;
  readonly padding: Padding;
}

export interface ConvolutionOptions extends WindowOptions {
  readonly dilations: Pair;
  readonly bias?: Weight | undefined;
}

export interface NormalizationWeights {
  readonly gamma: Weight;
  readonly beta: Weight;
  readonly mean: Weight;
  readonly variance: Weight;
}

const TO_NCHW = [0, 3, 1, 2];
const TO_NHWC = [0, 2, 3, 1];

// Below this, the nodes that unpack a tensor take more room than plain floats.
const SMALLEST_PACKED = 17;

/**
 * Says TensorFlow's ops in ONNX. Height and width are always known, the number of pictures never ("N").
 * All methods throw ModelBuildError `unsupported` for what they cannot say; the caller adds the node's name.
 */
export class Emitter {
  readonly graph: OnnxGraph;
  readonly #scalars = new Map<number, string>();

  constructor(graph: OnnxGraph) {
    this.graph = graph;
  }

  /**
   * A model's input: NHWC pictures with three channels. With `uint8` the decoder's bytes go in as they are, a quarter
   * of the memory and no loop in JavaScript; the model turns them into numbers itself.
   * @param divisor by which each value is divided first, e.g. 255 for a model that wants 0 to 1
   */
  image(
    name: string,
    picture: { type: Extract<DataType, 'uint8' | 'float32'>; height: number; width: number; divisor?: number },
  ): FeatureMap {
    const { type, height, width, divisor } = picture;
    const channels = 3;
    let value = this.graph.input(name, type, ['N', height, width, channels]);
    if (type === 'uint8') value = this.graph.castToFloat(value);
    if (divisor !== undefined) value = this.graph.node('Div', [value, this.scalar(divisor)]);
    return { kind: 'map', name: this.graph.node('Transpose', [value], { perm: TO_NCHW }), height, width, channels };
  }

  /** The name of the map's values in TensorFlow's order: [N, height, width, channels]. */
  nhwc(map: FeatureMap): string {
    return this.graph.node('Transpose', [map.name], { perm: TO_NHWC });
  }

  scalar(value: number): string {
    let name = this.#scalars.get(value);
    if (name === undefined) {
      name = this.graph.floats([value], []);
      this.#scalars.set(value, name);
    }
    return name;
  }

  /** @param kernel height, width, channels in, channels out */
  conv2d(map: FeatureMap, kernel: Weight, options: ConvolutionOptions): FeatureMap {
    const [height, width, channelsIn, channelsOut] = fourSizes(kernel);
    if (channelsIn !== map.channels) {
      throw new ModelBuildError('unsupported', `the kernel takes ${channelsIn} channels, there are ${map.channels}`);
    }
    const weight = this.#weight(kernel, { permutation: [3, 2, 0, 1] });
    return this.#convolution(map, weight, { size: [height, width], channelsOut, groups: 1 }, options);
  }

  /** @param kernel height, width, channels in, multiplier; output channel = channel in * multiplier + m */
  depthwiseConv2d(map: FeatureMap, kernel: Weight, options: ConvolutionOptions): FeatureMap {
    const [height, width, channels, multiplier] = fourSizes(kernel);
    if (channels !== map.channels) {
      throw new ModelBuildError('unsupported', `the kernel takes ${channels} channels, there are ${map.channels}`);
    }
    const channelsOut = channels * multiplier;
    const weight = this.#weight(kernel, { permutation: [2, 3, 0, 1], shape: [channelsOut, 1, height, width] });
    return this.#convolution(map, weight, { size: [height, width], channelsOut, groups: channels }, options);
  }

  /** Padding never wins a maximum and counts in no average, as in TensorFlow. */
  pool(map: FeatureMap, kind: 'average' | 'max', size: Pair, options: WindowOptions): FeatureMap {
    const { pads, height, width } = place(map, size, options, [1, 1]);
    const attributes = { kernel_shape: size, strides: options.strides, pads };
    const name =
      kind === 'max'
        ? this.graph.node('MaxPool', [map.name], attributes)
        : this.graph.node('AveragePool', [map.name], { ...attributes, count_include_pad: 0 });
    return { ...map, name, height, width };
  }

  /** Not folded into the convolution before it: that would unpack its weights, and onnxruntime folds it at load. */
  batchNormalization(map: FeatureMap, weights: NormalizationWeights, epsilon: number): FeatureMap {
    const { gamma, beta, mean, variance } = weights;
    const parameters = [gamma, beta, mean, variance].map((weight) => this.#weight(weight));
    const attributes = { epsilon: { float: epsilon } };
    return { ...map, name: this.graph.node('BatchNormalization', [map.name, ...parameters], attributes) };
  }

  activation<Value extends FeatureMap | FeatureVector>(value: Value, kind: Activation): Value {
    switch (kind) {
      case 'linear':
        return value;
      case 'relu':
        return { ...value, name: this.graph.node('Relu', [value.name]) };
      case 'relu6':
        return { ...value, name: this.graph.node('Clip', [value.name, this.scalar(0), this.scalar(6)]) };
      case 'sigmoid':
        return { ...value, name: this.graph.node('Sigmoid', [value.name]) };
      case 'softmax':
        if (value.kind === 'map') throw new ModelBuildError('unsupported', 'softmax over the channels of a picture');
        return { ...value, name: this.graph.node('Softmax', [value.name], { axis: 1 }) };
    }
  }

  /** Element by element; a number, a single pixel or a single channel goes with everything. */
  binary(op: 'Add' | 'Mul', left: FeatureMap | number, right: FeatureMap | number): FeatureMap {
    const a = this.#operand(left);
    const b = this.#operand(right);
    const common = (first: number, second: number): number => {
      if (first !== second && first !== 1 && second !== 1) {
        throw new ModelBuildError('unsupported', `${op} of ${sizeText(a)} and ${sizeText(b)}`);
      }
      return Math.max(first, second);
    };
    return {
      kind: 'map',
      height: common(a.height, b.height),
      width: common(a.width, b.width),
      channels: common(a.channels, b.channels),
      name: this.graph.node(op, [a.name, b.name]),
    };
  }

  concatChannels(maps: readonly FeatureMap[]): FeatureMap {
    const [first, ...rest] = maps;
    if (!first || rest.some((map) => map.height !== first.height || map.width !== first.width)) {
      throw new ModelBuildError('unsupported', `concatenation of ${maps.map(sizeText).join(' and ')}`);
    }
    const names = maps.map((map) => map.name);
    const channels = maps.reduce((sum, map) => sum + map.channels, 0);
    return { ...first, channels, name: this.graph.node('Concat', names, { axis: 1 }) };
  }

  /** The mean over all pixels, as a map of one pixel. */
  globalAverage(map: FeatureMap): FeatureMap {
    return { ...map, height: 1, width: 1, name: this.graph.node('GlobalAveragePool', [map.name]) };
  }

  /**
   * Bilinear in TensorFlow 1's old manner (align_corners and half_pixel_centers both false): the source of pixel i is
   * i / scale. Whole factors only, because ONNX's `sizes` would need the number of pictures, and other `scales` round.
   */
  resizeBilinear(map: FeatureMap, height: number, width: number): FeatureMap {
    const factors: Pair = [height / map.height, width / map.width];
    if (!factors.every(Number.isInteger)) {
      throw new ModelBuildError('unsupported', `resize of ${sizeText(map)} to ${height}x${width}`);
    }
    const name = this.graph.node('Resize', [map.name, '', this.graph.floats([1, 1, ...factors])], {
      mode: 'linear',
      coordinate_transformation_mode: 'asymmetric',
    });
    return { ...map, height, width, name };
  }

  /** A single pixel only: for more, the order would depend on the layout. */
  flatten(map: FeatureMap): FeatureVector {
    if (map.height !== 1 || map.width !== 1) throw new ModelBuildError('unsupported', `flatten of ${sizeText(map)}`);
    return { kind: 'vector', count: map.channels, name: this.graph.node('Flatten', [map.name], { axis: 1 }) };
  }

  /** @param kernel values in, values out */
  dense(vector: FeatureVector, kernel: Weight, bias?: Weight): FeatureVector {
    const [countIn, count] = kernel.shape;
    if (countIn !== vector.count || count === undefined || kernel.shape.length !== 2) {
      throw new ModelBuildError('unsupported', `a kernel of ${kernel.shape.join('x')} for ${vector.count} values`);
    }
    const inputs = [vector.name, this.#weight(kernel), ...(bias ? [this.#weight(bias)] : [])];
    return { kind: 'vector', count, name: this.graph.node('Gemm', inputs) };
  }

  #convolution(
    map: FeatureMap,
    weight: string,
    kernel: { size: Pair; channelsOut: number; groups: number },
    options: ConvolutionOptions,
  ): FeatureMap {
    const { pads, height, width } = place(map, kernel.size, options, options.dilations);
    const inputs = [map.name, weight, ...(options.bias ? [this.#weight(options.bias)] : [])];
    const name = this.graph.node('Conv', inputs, {
      kernel_shape: kernel.size,
      strides: options.strides,
      dilations: options.dilations,
      pads,
      group: kernel.groups,
    });
    return { kind: 'map', name, height, width, channels: kernel.channelsOut };
  }

  #operand(value: FeatureMap | number): FeatureMap {
    if (typeof value !== 'number') return value;
    return { kind: 'map', name: this.scalar(value), height: 1, width: 1, channels: 1 };
  }

  /**
   * A weight as a constant, packed as in the source and unpacked by nodes of the graph. onnxruntime computes those
   * once, at load, so that a packed model runs as fast as one of floats. DequantizeLinear is no help: it wants a whole
   * zero point, and onnxruntime keeps it for the run, which takes twice the time.
   */
  #weight(weight: Weight, order: { permutation?: readonly number[]; shape?: readonly number[] } = {}): string {
    const { data } = weight;
    const permutation = order.permutation ?? weight.shape.map((_, axis) => axis);
    const shape = order.shape ?? permutation.map((axis) => sizeAt(weight.shape, axis));
    if (elementCount(weight.shape) >= SMALLEST_PACKED) {
      if (data.kind === 'uint8') {
        const levels = this.graph.constant('uint8', shape, permute(data.levels, weight.shape, permutation));
        const scaled = this.graph.node('Mul', [this.graph.castToFloat(levels), this.scalar(data.scale)]);
        return this.graph.node('Add', [scaled, this.scalar(data.min)]);
      }
      if (data.kind === 'float16') {
        const bits = this.graph.constant('float16', shape, permute(data.bits, weight.shape, permutation));
        return this.graph.castToFloat(bits);
      }
    }
    return this.graph.constant('float32', shape, permute(weightValues(weight), weight.shape, permutation));
  }
}

/** Where a window may stand: the padding as ONNX has it (top, left, bottom, right), and the size of the result. */
function place(
  map: FeatureMap,
  size: Pair,
  { strides, padding }: WindowOptions,
  dilations: Pair,
): { readonly pads: readonly number[]; readonly height: number; readonly width: number } {
  const reach: Pair = [(size[0] - 1) * dilations[0] + 1, (size[1] - 1) * dilations[1] + 1];
  const [top, bottom, left, right] =
    padding === 'valid'
      ? [0, 0, 0, 0]
      : padding === 'same'
        ? [...samePadding(map.height, reach[0], strides[0]), ...samePadding(map.width, reach[1], strides[1])]
        : [padding.top, padding.bottom, padding.left, padding.right];
  const height = Math.floor((map.height + top + bottom - reach[0]) / strides[0]) + 1;
  const width = Math.floor((map.width + left + right - reach[1]) / strides[1]) + 1;
  if (height < 1 || width < 1) throw new ModelBuildError('unsupported', `a window larger than ${sizeText(map)}`);
  return { pads: [top, left, bottom, right], height, width };
}

/**
 * TensorFlow's SAME for one dimension: ceil(size / stride) windows fit; of an odd number of extra pixels the one more
 * stands at the end. With stride 2 and an even size that is 0 before and 1 after, unlike in PyTorch.
 */
function samePadding(size: number, reach: number, stride: number): Pair {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

type Elements = Uint8Array | Uint16Array | Float32Array;

/** The array in C order of the permuted shape: axis i of the result is axis `permutation[i]` of the source. */
function permute<Values extends Elements>(
  values: Values,
  shape: readonly number[],
  permutation: readonly number[],
): Values {
  if (permutation.every((axis, index) => axis === index)) return values;
  const sourceStrides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const sizes = permutation.map((axis) => sizeAt(shape, axis));
  const strides = permutation.map((axis) => sizeAt(sourceStrides, axis));
  const result = values.slice() as Values;
  for (let target = 0; target < result.length; target++) {
    let rest = target;
    let source = 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizeAt(sizes, axis);
      source += (rest % size) * sizeAt(strides, axis);
      rest = Math.floor(rest / size);
    }
    result[target] = values[source] ?? 0;
  }
  return result;
}

function sizeAt(sizes: readonly number[], index: number): number {
  const size = sizes[index];
  if (size === undefined) throw new RangeError(`no axis ${index} in ${sizes.join('x')}`);
  return size;
}

function fourSizes({ shape }: Weight): readonly [number, number, number, number] {
  const [a, b, c, d] = shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined || shape.length !== 4) {
    throw new ModelBuildError('unsupported', `a convolution kernel of shape ${shape.join('x')}`);
  }
  return [a, b, c, d];
}

function sizeText({ height, width, channels }: FeatureMap): string {
  return `${height}x${width}x${channels}`;
}
