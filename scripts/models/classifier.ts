import { Emitter } from './emit.ts';
import { convertLayers, type LayersTopology } from './layers.ts';
import { OnnxGraph } from './onnx.ts';
import type { ModelSource } from './sources.ts';

export const CLASSIFIER_SIZE = 224;
/** NSFWJS's order. */
export const CLASSIFIER_CLASSES = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'] as const;

/**
 * The classifier as ONNX: `input` uint8 RGB [N, 224, 224, 3] (the picture squeezed to a square, as NSFWJS does)
 * -> `probs` float32 [N, 5], which add up to 1.
 */
export function buildClassifier(source: ModelSource<LayersTopology>): Uint8Array {
  const graph = new OnnxGraph();
  const emitter = new Emitter(graph);
  // NSFWJS feeds 0 to 1.
  const image = emitter.image('input', {
    type: 'uint8',
    height: CLASSIFIER_SIZE,
    width: CLASSIFIER_SIZE,
    divisor: 255,
  });
  const probabilities = convertLayers(source.topology, source.weights, emitter, image);
  graph.output('probs', probabilities.name, 'float32', ['N', probabilities.count]);
  return graph.build('classifier', {
    classes: CLASSIFIER_CLASSES.join(','),
    source: source.origin,
    license: source.license,
  });
}
