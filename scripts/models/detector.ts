import { Emitter, type FeatureMap } from './emit.ts';
import { convertGraph, type GraphTopology } from './graph.ts';
import { OnnxGraph } from './onnx.ts';
import type { ModelSource } from './sources.ts';

export const DETECTOR_SIZE = 512;
/** Rows for each picture, best first. */
export const DETECTION_COUNT = 100;
/** x1, y1, x2, y2, score, class */
export const DETECTION_LENGTH = 6;

/** COCO's 80 classes in the order of the model's heat maps (Human's `labels`, whose own `class` counts from 1). */
export const DETECTOR_CLASSES = [
  'person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat', 'traffic light',
  'fire hydrant', 'stop sign', 'parking meter', 'bench', 'bird', 'cat', 'dog', 'horse', 'sheep', 'cow', 'elephant',
  'bear', 'zebra', 'giraffe', 'backpack', 'umbrella', 'handbag', 'tie', 'suitcase', 'frisbee', 'skis', 'snowboard',
  'sports ball', 'kite', 'baseball bat', 'baseball glove', 'skateboard', 'surfboard', 'tennis racket', 'bottle',
  'wine glass', 'cup', 'fork', 'knife', 'spoon', 'bowl', 'banana', 'apple', 'sandwich', 'orange', 'broccoli',
  'carrot', 'hot dog', 'pizza', 'donut', 'cake', 'chair', 'couch', 'potted plant', 'bed', 'dining table', 'toilet',
  'tv', 'laptop', 'mouse', 'remote', 'keyboard', 'cell phone', 'microwave', 'oven', 'toaster', 'sink', 'refrigerator',
  'book', 'clock', 'vase', 'scissors', 'teddy bear', 'hair drier', 'toothbrush',
] as const; // prettier-ignore

/** The graph's two heads; what follows them there is for a single picture only. */
const HEADS = ['tower_0/keypoints', 'tower_0/wh'] as const;
/** The heat map has one cell for 4x4 pixels. */
const CELL_SIZE = 4;

/**
 * The detector as ONNX: `input` uint8 RGB [N, 512, 512, 3] -> `detections` float32 [N, 100, 6]: x1, y1, x2, y2 in
 * pixels of the input (they may lie outside), score 0 to 1, index into DETECTOR_CLASSES; the best score first.
 */
export function buildDetector(source: ModelSource<GraphTopology>): Uint8Array {
  const graph = new OnnxGraph();
  const emitter = new Emitter(graph);
  // Human feeds 0 to 255 as it is: with 0 to 1 no score passes 0.02.
  const image = emitter.image('input', { type: 'uint8', height: DETECTOR_SIZE, width: DETECTOR_SIZE });
  const [heat, reach] = convertGraph(source.topology, source.weights, emitter, image, HEADS);
  const detections = decode(emitter, heat, reach);
  graph.output('detections', detections, 'float32', ['N', DETECTION_COUNT, DETECTION_LENGTH]);
  return graph.build('detector', {
    classes: DETECTOR_CLASSES.join(','),
    source: source.origin,
    license: source.license,
  });
}

/**
 * The end of the graph, for any number of pictures: Human's has the 1 built in (BatchGather without an offset).
 * @param heat the score of each class in each cell
 * @param reach how far an object reaches from the cell's corner: left, top, right, bottom, in pixels
 */
function decode(emitter: Emitter, heat: FeatureMap, reach: FeatureMap): string {
  const { graph } = emitter;
  const attachAxis = (value: string): string => graph.node('Unsqueeze', [value, graph.integers([2])]);

  // An object is where its neighbours score no higher.
  const highest = emitter.pool(heat, 'max', [3, 3], { strides: [1, 1], padding: 'same' });
  const isPeak = graph.castToFloat(graph.node('Equal', [heat.name, highest.name]));
  const peaks: FeatureMap = { ...heat, name: graph.node('Mul', [heat.name, isPeak]) };

  // In NHWC order, so that index = (y * width + x) * classes + class, and ties break as in TensorFlow.
  const flat = graph.node('Reshape', [emitter.nhwc(peaks), graph.integers([0, -1])]);
  const topK = [flat, graph.integers([DETECTION_COUNT])];
  const [score, index] = graph.nodeWithOutputs('TopK', topK, ['score', 'index'], { axis: 1, largest: 1, sorted: 1 });
  const classCount = graph.integers([heat.channels]);
  const width = graph.integers([heat.width]);
  const cell = graph.node('Div', [index, classCount]);
  const inPixels = (cells: string): string =>
    attachAxis(graph.node('Mul', [graph.castToFloat(cells), emitter.scalar(CELL_SIZE)]));
  const x = inPixels(graph.node('Mod', [cell, width]));
  const y = inPixels(graph.node('Div', [cell, width]));

  const perCell = graph.node('Reshape', [emitter.nhwc(reach), graph.integers([0, -1, reach.channels])]);
  const reaches = graph.node('GatherND', [perCell, attachAxis(cell)], { batch_dims: 1 });
  const each = [reaches, graph.integers([1, 1, 1, 1])];
  const [left, top, right, bottom] = graph.nodeWithOutputs('Split', each, ['left', 'top', 'right', 'bottom'], {
    axis: 2,
  });
  const columns = [
    graph.node('Sub', [x, left]),
    graph.node('Sub', [y, top]),
    graph.node('Add', [x, right]),
    graph.node('Add', [y, bottom]),
    attachAxis(score),
    attachAxis(graph.castToFloat(graph.node('Mod', [index, classCount]))),
  ];
  return graph.node('Concat', columns, { axis: 2 });
}
