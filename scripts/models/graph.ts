import * as v from 'valibot';
import { dependencyOrder } from './dependencyOrder.ts';
import type { Activation, ConvolutionOptions, Emitter, FeatureMap } from './emit.ts';
import { ModelBuildError } from './modelBuildError.ts';
import { weightValues, type Weight } from './weights.ts';

// GraphDef as protobuf's JSON: texts are base64, whole numbers are strings, what is left out is the default.
const text = v.pipe(
  v.string(),
  v.transform((base64) => Buffer.from(base64, 'base64').toString('utf8')),
);
const wholeNumber = v.pipe(v.string(), v.transform(Number), v.integer());
const attribute = v.object({
  s: v.optional(text),
  b: v.optional(v.boolean()),
  list: v.optional(v.object({ i: v.optional(v.array(wholeNumber)), s: v.optional(v.array(text)) })),
});

/** `modelTopology` of a tfjs graph model: a TensorFlow GraphDef. */
export const graphTopology = v.object({
  node: v.array(
    v.object({
      name: v.string(),
      op: v.string(),
      /** "name", "name:1" for a node's second result, "^name" for order only */
      input: v.optional(v.array(v.string()), []),
      attr: v.optional(v.record(v.string(), attribute), {}),
    }),
  ),
});
export type GraphTopology = v.InferOutput<typeof graphTopology>;
type GraphNode = GraphTopology['node'][number];

/** Fused ops by TensorFlow's name. */
const FUSED_ACTIVATION: Readonly<Record<string, Activation>> = { Relu: 'relu', Relu6: 'relu6' };

/** A constant is kept as the weight that it is until an op says what it is for. */
type GraphValue = FeatureMap | { readonly kind: 'constant'; readonly weight: Weight };

/**
 * Says a part of a TensorFlow graph in ONNX: the nodes that `targets` need, and no others.
 * @param weights by node name
 * @returns the targets' values, in their order
 * @throws ModelBuildError that names the node which is not understood
 */
export function convertGraph<const Targets extends readonly string[]>(
  topology: GraphTopology,
  weights: ReadonlyMap<string, Weight>,
  emitter: Emitter,
  image: FeatureMap,
  targets: Targets,
): { readonly [Index in keyof Targets]: FeatureMap } {
  const values = new Map<string, GraphValue>();
  for (const node of dependencyOrder(targets, topology.node, inputNames)) {
    const inputs = inputNames(node).flatMap((name) => values.get(name) ?? []);
    try {
      values.set(node.name, emitNode(node, inputs, weights, emitter, image));
    } catch (error) {
      if (!(error instanceof ModelBuildError)) throw error;
      throw new ModelBuildError(error.reason, `${node.op} "${node.name}": ${error.message}`, { cause: error });
    }
  }
  const maps = targets.map((name) => expectMap(values.get(name)));
  return maps as { readonly [Index in keyof Targets]: FeatureMap };
}

/** Every op here has a single result, so that a ":1" finds no node and is refused. */
function inputNames(node: GraphNode): readonly string[] {
  return node.input.filter((reference) => !reference.startsWith('^')).map((reference) => reference.replace(/:0$/, ''));
}

function emitNode(
  node: GraphNode,
  inputs: readonly GraphValue[],
  weights: ReadonlyMap<string, Weight>,
  emitter: Emitter,
  image: FeatureMap,
): GraphValue {
  const format = node.attr['data_format']?.s;
  if (format !== undefined && format !== 'NHWC') throw new ModelBuildError('unsupported', `data format ${format}`);
  const [first, second] = inputs;
  switch (node.op) {
    case 'Placeholder':
      return image;
    case 'Const': {
      const weight = weights.get(node.name);
      if (!weight) throw new ModelBuildError('malformed', 'has no value');
      return { kind: 'constant', weight };
    }
    case 'Identity':
      return expectMap(first);
    case 'Conv2D':
    case '_FusedConv2D':
    case 'DepthwiseConv2dNative':
    case 'FusedDepthwiseConv2dNative':
      return emitConvolution(node, inputs, emitter);
    case 'Relu':
      return emitter.activation(expectMap(first), 'relu');
    case 'Relu6':
      return emitter.activation(expectMap(first), 'relu6');
    case 'Sigmoid':
      return emitter.activation(expectMap(first), 'sigmoid');
    case 'Add':
    case 'Mul':
      return emitter.binary(node.op, operand(first), operand(second));
    case 'ConcatV2': {
      const [axis] = integers(inputs.at(-1));
      if (axis !== 3) throw new ModelBuildError('unsupported', `axis ${axis ?? 'none'}`);
      return emitter.concatChannels(inputs.slice(0, -1).map(expectMap));
    }
    case 'Mean': {
      const axes = integers(second);
      if (axes.join() !== '1,2' || node.attr['keep_dims']?.b !== true) {
        throw new ModelBuildError('unsupported', `over the axes ${axes.join()}`);
      }
      return emitter.globalAverage(expectMap(first));
    }
    case 'ResizeBilinear': {
      if (node.attr['align_corners']?.b || node.attr['half_pixel_centers']?.b) {
        throw new ModelBuildError('unsupported', 'align_corners or half_pixel_centers');
      }
      const [height, width] = integers(second);
      if (height === undefined || width === undefined) throw new ModelBuildError('malformed', 'has no size');
      return emitter.resizeBilinear(expectMap(first), height, width);
    }
    default:
      throw new ModelBuildError('unsupported', 'unknown op');
  }
}

function emitConvolution(node: GraphNode, inputs: readonly GraphValue[], emitter: Emitter): FeatureMap {
  const fused = node.attr['fused_ops']?.list?.s ?? [];
  const hasBias = fused[0] === 'BiasAdd';
  const activations = (hasBias ? fused.slice(1) : fused).map((name) => {
    const activation = FUSED_ACTIVATION[name];
    if (!activation) throw new ModelBuildError('unsupported', `fused op ${name}`);
    return activation;
  });
  const options: ConvolutionOptions = {
    strides: spatial(node, 'strides'),
    dilations: spatial(node, 'dilations'),
    padding: graphPadding(node),
    bias: hasBias ? expectWeight(inputs[2]) : undefined,
  };
  const map = expectMap(inputs[0]);
  const kernel = expectWeight(inputs[1]);
  const convolved = node.op.includes('Depthwise')
    ? emitter.depthwiseConv2d(map, kernel, options)
    : emitter.conv2d(map, kernel, options);
  return activations.reduce((value, activation) => emitter.activation(value, activation), convolved);
}

/** The two middle ones of the four numbers for N, H, W and C. */
function spatial(node: GraphNode, name: string): readonly [number, number] {
  const [batch, height, width, channels] = node.attr[name]?.list?.i ?? [];
  if (batch !== 1 || channels !== 1 || height === undefined || width === undefined) {
    throw new ModelBuildError('unsupported', `${name} that are not 1, height, width, 1`);
  }
  return [height, width];
}

function graphPadding(node: GraphNode): 'same' | 'valid' {
  const padding = node.attr['padding']?.s;
  if (padding === 'SAME') return 'same';
  if (padding === 'VALID') return 'valid';
  throw new ModelBuildError('unsupported', `padding ${padding ?? 'none'}`);
}

function expectMap(value: GraphValue | undefined): FeatureMap {
  if (value?.kind === 'map') return value;
  throw new ModelBuildError('unsupported', `expected a map, got ${value ? 'a constant' : 'nothing'}`);
}

function expectWeight(value: GraphValue | undefined): Weight {
  if (value?.kind === 'constant') return value.weight;
  throw new ModelBuildError('unsupported', `expected a constant, got ${value ? 'a map' : 'nothing'}`);
}

function operand(value: GraphValue | undefined): FeatureMap | number {
  if (value?.kind !== 'constant') return expectMap(value);
  const [scalar, ...rest] = weightValues(value.weight);
  if (scalar === undefined || rest.length > 0) throw new ModelBuildError('unsupported', 'a constant that is no scalar');
  return scalar;
}

function integers(value: GraphValue | undefined): readonly number[] {
  const weight = expectWeight(value);
  if (weight.data.kind === 'int32') return Array.from(weight.data.values);
  throw new ModelBuildError('unsupported', `"${weight.name}" is not a list of whole numbers`);
}
