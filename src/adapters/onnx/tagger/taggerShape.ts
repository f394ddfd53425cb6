import { TaggerProblem } from './taggerProblem.ts';
import { DESCRIPTOR } from './taggerFiles.ts';
import type { TaggerForm } from './taggerForm.ts';

/** An input or output of a model; what is no number in `shape` varies. */
export interface TensorForm {
  readonly name: string;
  /** onnxruntime's word, `float32` for the one that is taken */
  readonly type: string;
  readonly shape: readonly (number | undefined)[];
}

/** Where a picture goes in, how large, and where the tags' numbers come out. */
export interface TaggerShape {
  readonly input: string;
  /** pixels */
  readonly side: number;
  readonly output: string;
}

const LARGEST_SIDE = 2048;

/**
 * Whether a model is the tagger that its folder says it is.
 * @param tags how many the label file names
 * @throws TaggerProblem `model`
 */
export function taggerShape(
  inputs: readonly TensorForm[],
  outputs: readonly TensorForm[],
  form: TaggerForm,
  tags: number,
): TaggerShape {
  const [input, ...others] = inputs;
  if (!input || others.length > 0) throw problem(`takes ${inputs.length} inputs, where a tagger takes one picture`);
  if (input.type !== 'float32') throw problem(`takes ${input.type} numbers, where float32 is sent`);
  return { input: input.name, side: sideOf(input, form), output: outputOf(outputs, form, tags).name };
}

function sideOf({ shape }: TensorForm, { layout, size }: TaggerForm): number {
  const [channels, height, width] = layout === 'NHWC' ? [shape[3], shape[1], shape[2]] : [shape[1], shape[2], shape[3]];
  if (shape.length !== 4 || (channels !== undefined && channels !== 3)) {
    const other = layout === 'NHWC' ? 'NCHW' : 'NHWC';
    const isOther = shape.length === 4 && shape[other === 'NCHW' ? 1 : 3] === 3;
    const hint = isOther ? `; that is the layout ${other}: say so in ${DESCRIPTOR}` : '';
    throw problem(`takes ${written(shape)}, which is no picture in the layout ${layout}${hint}`);
  }
  if (height !== undefined && width !== undefined && height !== width) {
    throw problem(`takes pictures of ${width} x ${height} pixels, where squares are sent`);
  }
  const own = height ?? width;
  if (own !== undefined && size !== undefined && own !== size) {
    throw problem(`takes pictures of ${own} pixels, where ${DESCRIPTOR} says ${size}`);
  }
  const side = own ?? size;
  if (side === undefined) throw problem(`takes pictures of any size: give "size" in ${DESCRIPTOR}`);
  if (side < 1 || side > LARGEST_SIDE)
    throw problem(`takes pictures of ${side} pixels; at most ${LARGEST_SIDE} are sent`);
  return side;
}

function outputOf(outputs: readonly TensorForm[], form: TaggerForm, tags: number): TensorForm {
  const all = outputs.map(({ name, shape }) => `"${name}" ${written(shape)}`).join(', ');
  const candidates = outputs.filter((output) => {
    if (form.output !== undefined) return output.name === form.output;
    const last = output.shape.at(-1);
    return last === undefined || last === tags;
  });
  const [output, ...others] = candidates;
  if (!output) {
    const wanted = form.output === undefined ? `none has a number for each of the ${tags} tags` : `no "${form.output}"`;
    throw problem(`gives ${all}, ${wanted}`);
  }
  if (others.length > 0) throw problem(`gives ${all}: name the one with the tags as "output" in ${DESCRIPTOR}`);
  const last = output.shape.at(-1);
  if (last !== undefined && last !== tags) throw problem(`gives ${last} numbers for ${tags} tags`);
  if (output.type !== 'float32') throw problem(`gives ${output.type} numbers, where float32 is understood`);
  return output;
}

const problem = (what: string): TaggerProblem => new TaggerProblem('model', `The model ${what}.`);

const written = (shape: TensorForm['shape']): string => `[${shape.map((size) => size ?? '?').join(', ')}]`;
