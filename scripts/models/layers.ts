import * as v from 'valibot';
import { dependencyOrder } from './dependencyOrder.ts';
import { ACTIVATIONS, type Emitter, type FeatureMap, type FeatureVector, type Padding } from './emit.ts';
import { ModelBuildError } from './modelBuildError.ts';
import type { Weight } from './weights.ts';

/** A layer takes from [layer name, node index, tensor index, arguments]: both indices are 0 unless a layer is shared. */
const inboundNode = v.array(v.tupleWithRest([v.string(), v.literal(0), v.literal(0)], v.unknown()));

/** `modelTopology` of a tfjs layers model: Keras 2's functional configuration. */
export const layersTopology = v.object({
  model_config: v.object({
    config: v.object({
      layers: v.array(
        v.object({
          name: v.string(),
          class_name: v.string(),
          config: v.looseObject({}),
          inbound_nodes: v.pipe(v.array(inboundNode), v.maxLength(1, 'shared layers are not supported')),
        }),
      ),
      output_layers: v.tuple([v.tuple([v.string(), v.literal(0), v.literal(0)])]),
    }),
  }),
});
export type LayersTopology = v.InferOutput<typeof layersTopology>;
type Layer = LayersTopology['model_config']['config']['layers'][number];

// What the layers may say. Whatever else Keras knows (other paddings, channels first, ...) is refused here.
const pair = v.tuple([v.pipe(v.number(), v.integer()), v.pipe(v.number(), v.integer())]);
const channelsLast = v.literal('channels_last');
const windowConfig = { strides: pair, padding: v.picklist(['same', 'valid']), data_format: channelsLast };
const convolutionConfig = v.object({
  ...windowConfig,
  dilation_rate: pair,
  activation: v.picklist(ACTIVATIONS),
  use_bias: v.boolean(),
});
const poolConfig = v.object({ ...windowConfig, pool_size: pair });
const zeroPaddingConfig = v.object({ padding: v.tuple([pair, pair]), data_format: channelsLast });
const normalizationConfig = v.object({
  axis: v.picklist([3, -1]),
  epsilon: v.number(),
  center: v.literal(true),
  scale: v.literal(true),
});
const reluConfig = v.object({ max_value: v.literal(6), negative_slope: v.literal(0), threshold: v.literal(0) });
const denseConfig = v.object({ activation: v.picklist(ACTIVATIONS), use_bias: v.boolean() });

/** ZeroPadding2D becomes the padding of the convolution that follows, so this must not reach any other layer. */
interface PaddedMap {
  readonly kind: 'padded';
  readonly map: FeatureMap;
  readonly padding: Padding;
}
type LayerOutput = FeatureMap | FeatureVector | PaddedMap;

/**
 * Says a Keras model in ONNX.
 * @param weights by "layer/weight"
 * @returns what the model's one output layer gives
 * @throws ModelBuildError that names the layer which is not understood
 */
export function convertLayers(
  topology: LayersTopology,
  weights: ReadonlyMap<string, Weight>,
  emitter: Emitter,
  image: FeatureMap,
): FeatureVector {
  const { layers, output_layers: outputLayers } = topology.model_config.config;
  const outputName = outputLayers[0][0];
  const outputs = new Map<string, LayerOutput>();
  for (const layer of dependencyOrder([outputName], layers, inputNames)) {
    const inputs = inputNames(layer).flatMap((name) => outputs.get(name) ?? []);
    try {
      outputs.set(layer.name, emitLayer(layer, inputs, weights, emitter, image));
    } catch (error) {
      if (!(error instanceof ModelBuildError)) throw error;
      throw new ModelBuildError(error.reason, `${layer.class_name} "${layer.name}": ${error.message}`, {
        cause: error,
      });
    }
  }
  return expectKind('vector', outputs.get(outputName));
}

function inputNames(layer: Layer): readonly string[] {
  return (layer.inbound_nodes[0] ?? []).map(([name]) => name);
}

function emitLayer(
  layer: Layer,
  inputs: readonly LayerOutput[],
  weights: ReadonlyMap<string, Weight>,
  emitter: Emitter,
  image: FeatureMap,
): LayerOutput {
  const weight = (name: string): Weight => {
    const found = weights.get(`${layer.name}/${name}`);
    if (!found) throw new ModelBuildError('malformed', `has no weight "${name}"`);
    return found;
  };
  const [input] = inputs;
  switch (layer.class_name) {
    case 'InputLayer':
      return image;
    case 'ZeroPadding2D': {
      const [[top, bottom], [left, right]] = readConfig(layer, zeroPaddingConfig).padding;
      return { kind: 'padded', map: expectKind('map', input), padding: { top, left, bottom, right } };
    }
    case 'Conv2D':
    case 'DepthwiseConv2D': {
      const config = readConfig(layer, convolutionConfig);
      const padded = input?.kind === 'padded' ? input : undefined;
      if (padded && config.padding !== 'valid') {
        throw new ModelBuildError('unsupported', `"${config.padding}" on top of ZeroPadding2D`);
      }
      const map = padded?.map ?? expectKind('map', input);
      const options = {
        strides: config.strides,
        dilations: config.dilation_rate,
        padding: padded?.padding ?? config.padding,
        bias: config.use_bias ? weight('bias') : undefined,
      };
      const convolved =
        layer.class_name === 'Conv2D'
          ? emitter.conv2d(map, weight('kernel'), options)
          : emitter.depthwiseConv2d(map, weight('depthwise_kernel'), options);
      return emitter.activation(convolved, config.activation);
    }
    case 'BatchNormalization': {
      const { epsilon } = readConfig(layer, normalizationConfig);
      const parameters = {
        gamma: weight('gamma'),
        beta: weight('beta'),
        mean: weight('moving_mean'),
        variance: weight('moving_variance'),
      };
      return emitter.batchNormalization(expectKind('map', input), parameters, epsilon);
    }
    case 'ReLU':
      readConfig(layer, reluConfig);
      return emitter.activation(expectKind('map', input), 'relu6');
    case 'Add':
      return inputs.map((value) => expectKind('map', value)).reduce((sum, value) => emitter.binary('Add', sum, value));
    case 'AveragePooling2D': {
      const config = readConfig(layer, poolConfig);
      return emitter.pool(expectKind('map', input), 'average', config.pool_size, config);
    }
    case 'Flatten':
      return emitter.flatten(expectKind('map', input));
    case 'Dropout': // does nothing outside of training
      return expectKind('vector', input);
    case 'Dense': {
      const config = readConfig(layer, denseConfig);
      const bias = config.use_bias ? weight('bias') : undefined;
      return emitter.activation(emitter.dense(expectKind('vector', input), weight('kernel'), bias), config.activation);
    }
    default:
      throw new ModelBuildError('unsupported', 'unknown layer');
  }
}

function readConfig<Schema extends v.GenericSchema>(layer: Layer, schema: Schema): v.InferOutput<Schema> {
  const result = v.safeParse(schema, layer.config);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ModelBuildError('unsupported', `${v.getDotPath(issue) ?? 'config'}: ${issue.message}`);
}

function expectKind<Kind extends LayerOutput['kind']>(
  kind: Kind,
  value: LayerOutput | undefined,
): Extract<LayerOutput, { kind: Kind }> {
  if (value?.kind === kind) return value as Extract<LayerOutput, { kind: Kind }>;
  throw new ModelBuildError('unsupported', `expected a ${kind}, got ${value ? `a ${value.kind}` : 'nothing'}`);
}
