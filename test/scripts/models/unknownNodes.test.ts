import assert from 'node:assert/strict';
import { buildClassifier } from '../../../scripts/models/classifier.ts';
import { buildDetector } from '../../../scripts/models/detector.ts';
import { ModelBuildError, type ModelBuildReason } from '../../../scripts/models/modelBuildError.ts';
import { readCenternetModel, readNsfwjsModel } from '../../../scripts/models/sources.ts';

type Layer = Awaited<ReturnType<typeof readNsfwjsModel>>['topology']['model_config']['config']['layers'][number];
type GraphNode = Awaited<ReturnType<typeof readCenternetModel>>['topology']['node'][number];

const convolution = {
  strides: [1, 1],
  padding: 'same',
  data_format: 'channels_last',
  dilation_rate: [1, 1],
  activation: 'linear',
  use_bias: false,
};

/** The real classifier with one layer changed. */
async function buildWithLayer(name: string, change: (layer: Layer) => Partial<Layer>): Promise<Uint8Array> {
  const source = await readNsfwjsModel();
  const { config } = source.topology.model_config;
  assert.ok(config.layers.some((layer) => layer.name === name));
  const layers = config.layers.map((layer) => (layer.name === name ? { ...layer, ...change(layer) } : layer));
  return buildClassifier({ ...source, topology: { model_config: { config: { ...config, layers } } } });
}

/** The real detector with one node changed. */
async function buildWithNode(name: string, change: (node: GraphNode) => Partial<GraphNode>): Promise<Uint8Array> {
  const source = await readCenternetModel();
  assert.ok(source.topology.node.some((node) => node.name === name));
  const node = source.topology.node.map((node) => (node.name === name ? { ...node, ...change(node) } : node));
  return buildDetector({ ...source, topology: { node } });
}

function assertRefused(build: Promise<Uint8Array>, reason: ModelBuildReason, message: RegExp): Promise<void> {
  return assert.rejects(build, (error) => {
    assert.ok(error instanceof ModelBuildError);
    assert.match(error.message, message);
    assert.equal(error.reason, reason);
    return true;
  });
}

describe('a model that the converter does not understand is refused by the name of the node', () => {
  it('an unknown layer', () =>
    assertRefused(
      buildWithLayer('block_2_add', () => ({ class_name: 'Multiply' })),
      'unsupported',
      /^Multiply "block_2_add": unknown layer$/,
    ));

  it('a layer with an unknown setting', () =>
    assertRefused(
      buildWithLayer('Conv1', ({ config }) => ({ config: { ...config, padding: 'causal' } })),
      'unsupported',
      /^Conv2D "Conv1": padding: .*"causal"/,
    ));

  it('a ReLU that is not cut at 6', () =>
    assertRefused(
      buildWithLayer('out_relu', ({ config }) => ({ config: { ...config, max_value: null } })),
      'unsupported',
      /^ReLU "out_relu": max_value/,
    ));

  it('padding before a layer that cannot take it in', () =>
    assertRefused(
      buildWithLayer('bn_Conv1', () => ({ inbound_nodes: [[['Conv1_pad', 0, 0, {}]]] })),
      'unsupported',
      /^BatchNormalization "bn_Conv1": expected a map, got a padded/,
    ));

  it('a layer without its weights', () =>
    assertRefused(
      buildWithLayer('Conv1_relu', ({ config }) => ({ class_name: 'Conv2D', config: { ...convolution, ...config } })),
      'malformed',
      /^Conv2D "Conv1_relu": has no weight "kernel"$/,
    ));

  it('a layer that takes from nowhere', () =>
    assertRefused(
      buildWithLayer('dense_3', () => ({ inbound_nodes: [[['nowhere', 0, 0, {}]]] })),
      'malformed',
      /"dense_3" takes from "nowhere", which does not exist/,
    ));

  it('layers in a circle', () =>
    assertRefused(
      buildWithLayer('block_2_add', () => ({ inbound_nodes: [[['dense_3', 0, 0, {}]]] })),
      'malformed',
      /depends on itself/,
    ));

  it('an unknown op', () =>
    assertRefused(
      buildWithNode('tower_0/CenternetHead/Sigmoid', () => ({ op: 'Tanh' })),
      'unsupported',
      /^Tanh "tower_0\/CenternetHead\/Sigmoid": unknown op$/,
    ));

  it('an op in another data format', () =>
    assertRefused(
      buildWithNode('tower_0/MobilenetV3/Conv/BatchNorm/FusedBatchNorm', ({ attr }) => ({
        attr: { ...attr, data_format: { s: 'NCHW' } },
      })),
      'unsupported',
      /^_FusedConv2D "tower_0\/MobilenetV3\/Conv\/BatchNorm\/FusedBatchNorm": data format NCHW$/,
    ));

  it('an unknown fused op', () =>
    assertRefused(
      buildWithNode('tower_0/MobilenetV3/Conv/BatchNorm/FusedBatchNorm', ({ attr }) => ({
        attr: { ...attr, fused_ops: { list: { s: ['BiasAdd', 'LeakyRelu'] } } },
      })),
      'unsupported',
      /FusedBatchNorm": fused op LeakyRelu$/,
    ));

  it('a resize in another manner', () =>
    assertRefused(
      buildWithNode('tower_0/CenternetHead/c5_upsample/up_sampling2d/ResizeBilinear', ({ attr }) => ({
        attr: { ...attr, half_pixel_centers: { b: true } },
      })),
      'unsupported',
      /ResizeBilinear": align_corners or half_pixel_centers$/,
    ));

  it("another result than a node's first", () =>
    assertRefused(
      buildWithNode('tower_0/CenternetHead/Relu', ({ input }) => ({ input: [`${input[0] ?? ''}:1`] })),
      'malformed',
      /"tower_0\/CenternetHead\/Relu" takes from "tower_0\/CenternetHead\/concat:1", which does not exist/,
    ));
});
