import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Emitter, type FeatureMap } from '../../../scripts/models/emit.ts';
import { OnnxGraph } from '../../../scripts/models/onnx.ts';

interface Picture {
  readonly height: number;
  readonly width: number;
  /** NHWC with three channels, as many pictures as there are values for */
  readonly values: readonly number[];
}

/** Builds a graph around `body`, runs it in onnxruntime, and gives back the result in NHWC with its shape. */
export async function runGraph(
  picture: Picture,
  body: (emitter: Emitter, image: FeatureMap) => FeatureMap,
): Promise<{ readonly shape: readonly number[]; readonly values: readonly number[] }> {
  const graph = new OnnxGraph();
  const emitter = new Emitter(graph);
  const { height, width } = picture;
  const result = body(emitter, emitter.image('input', { type: 'float32', height, width }));
  graph.output('output', emitter.nhwc(result), 'float32', ['N', result.height, result.width, result.channels]);
  const session = await InferenceSession.create(graph.build('test'), { intraOpNumThreads: 1 });
  try {
    const count = picture.values.length / (height * width * 3);
    const input = new Tensor('float32', Float32Array.from(picture.values), [count, height, width, 3]);
    const { output } = await session.run({ input });
    if (!output) throw new Error('the graph gave no output');
    return { shape: output.dims, values: Array.from(output.data as Float32Array) };
  } finally {
    await session.release();
  }
}

/** The same three values in every pixel. */
export function plainPicture(height: number, width: number, pixel: readonly [number, number, number]): Picture {
  return { height, width, values: Array.from({ length: height * width }, () => pixel).flat() };
}
