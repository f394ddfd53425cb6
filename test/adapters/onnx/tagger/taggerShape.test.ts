import assert from 'node:assert/strict';
import { WD_TAGGER, type TaggerForm } from '../../../../src/adapters/onnx/tagger/taggerForm.ts';
import { TaggerProblem } from '../../../../src/adapters/onnx/tagger/taggerProblem.ts';
import { taggerShape, type TensorForm } from '../../../../src/adapters/onnx/tagger/taggerShape.ts';

const tensor = (name: string, shape: readonly (number | undefined)[], type = 'float32'): TensorForm => ({
  name,
  type,
  shape,
});
const WD_INPUT = tensor('input', [undefined, 448, 448, 3]);
const OUTPUT = tensor('output', [undefined, 5]);

interface Model {
  readonly inputs?: readonly TensorForm[];
  readonly outputs?: readonly TensorForm[];
  readonly form?: Partial<TaggerForm>;
}
const shapeOf = ({ inputs = [WD_INPUT], outputs = [OUTPUT], form = {} }: Model) =>
  taggerShape(inputs, outputs, { ...WD_TAGGER, ...form }, 5);

function problem(model: Model): string {
  try {
    shapeOf(model);
  } catch (error) {
    assert.ok(error instanceof TaggerProblem && error.reason === 'model', String(error));
    return error.message;
  }
  assert.fail('was taken');
}

describe('taggerShape', () => {
  it('reads names and size from the model', () => {
    assert.deepEqual(shapeOf({}), { input: 'input', side: 448, output: 'output' });
    const inputs = [tensor('pixel_values', [1, 3, 512, 512])];
    assert.deepEqual(shapeOf({ inputs, form: { layout: 'NCHW', size: 512 } }).side, 512);
  });

  it('takes the size from the descriptor where the model leaves it open', () => {
    const inputs = [tensor('x', [undefined, undefined, undefined, 3])];
    assert.equal(shapeOf({ inputs, form: { size: 384 } }).side, 384);
    assert.match(problem({ inputs }), /any size: give "size" in tagger\.json/);
  });

  it('chooses the output that has a number for each tag, or the one that is named', () => {
    const embedding = tensor('embedding', [undefined, 1024]);
    assert.equal(shapeOf({ outputs: [embedding, OUTPUT] }).output, 'output');
    assert.equal(shapeOf({ outputs: [tensor('any', [undefined, undefined])] }).output, 'any');
    const outputs = [tensor('logits', [undefined, 5]), tensor('prediction', [undefined, 5])];
    assert.equal(shapeOf({ outputs, form: { output: 'prediction' } }).output, 'prediction');
    assert.match(problem({ outputs }), /"logits" \[\?, 5\], "prediction" \[\?, 5\]: name the one with the tags/);
  });

  it('says which layout it is instead', () => {
    assert.match(
      problem({ inputs: [tensor('input', [undefined, 3, 448, 448])] }),
      /takes \[\?, 3, 448, 448\], which is no picture in the layout NHWC; that is the layout NCHW: say so in tagger\.json/,
    );
    assert.match(problem({ form: { layout: 'NCHW' } }), /that is the layout NHWC/);
  });

  it('refuses what is no tagger, and says why', () => {
    const cases: readonly (readonly [Model, RegExp])[] = [
      [{ inputs: [] }, /takes 0 inputs/],
      [{ inputs: [WD_INPUT, tensor('mask', [1])] }, /takes 2 inputs/],
      [{ inputs: [tensor('input', [1, 448, 448, 3], 'float16')] }, /takes float16 numbers/],
      [{ inputs: [tensor('input', [undefined, 77])] }, /takes \[\?, 77\], which is no picture in the layout NHWC\.$/],
      [{ inputs: [tensor('input', [1, 448, 448, 1])] }, /\[1, 448, 448, 1\], which is no picture/],
      [{ inputs: [tensor('input', [1, 300, 400, 3])] }, /pictures of 400 x 300 pixels/],
      [{ inputs: [tensor('input', [1, 4096, 4096, 3])] }, /at most 2048/],
      [{ form: { size: 384 } }, /takes pictures of 448 pixels, where tagger\.json says 384/],
      [{ outputs: [tensor('output', [undefined, 6])] }, /none has a number for each of the 5 tags/],
      [{ form: { output: 'scores' } }, /gives "output" \[\?, 5\], no "scores"/],
      [{ outputs: [tensor('output', [1, 6])], form: { output: 'output' } }, /gives 6 numbers for 5 tags/],
      [{ outputs: [tensor('output', [1, 5], 'int64')] }, /gives int64 numbers/],
    ];
    for (const [model, message] of cases) assert.match(problem(model), message);
  });
});
