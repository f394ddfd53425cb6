import assert from 'node:assert/strict';
import { parseTaggerDescriptor } from '../../../../src/adapters/onnx/tagger/taggerDescriptor.ts';

const parse = (value: unknown) => parseTaggerDescriptor(JSON.stringify(value));

describe('parseTaggerDescriptor', () => {
  it('takes what is left out as in a WD tagger', () => {
    assert.deepEqual(parse({}), {
      model: 'model.onnx',
      labels: 'selected_tags.csv',
      form: {
        layout: 'NHWC',
        channels: 'BGR',
        normalisation: { range: 255, mean: [0, 0, 0], std: [1, 1, 1] },
        activation: 'none',
      },
    });
  });

  it('reads all that a tagger can differ in', () => {
    const normalisation = { range: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    const form = { size: 512, layout: 'NCHW', channels: 'RGB', normalisation, activation: 'sigmoid', output: 'logits' };
    const files = { name: 'Ein Tagger 🌄', model: 'v2 "best".onnx', labels: 'tags.csv' };
    assert.deepEqual(parse({ ...files, ...form }), { ...files, form });
  });

  it('names the member that is wrong, and how', () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{ layout: 'nchw' }, /"layout": .*"NHWC" \| "NCHW".*"nchw"/],
      [{ channels: 'GRB' }, /"channels": /],
      [{ size: 448.5 }, /"size": .*integer/i],
      [{ size: 1e9 }, /"size": /],
      [{ normalisation: { std: [1, 0, 1] } }, /"normalisation\.std\.1": must be more than 0/],
      [{ normalisation: { mean: [1, 2] } }, /"normalisation\.mean/],
      [{ normalisation: { range: 127 } }, /"normalisation\.range": /],
      [{ activation: 'softmax' }, /"activation": /],
      [{ normalization: {} }, /^it may not have "normalization"$/],
      [{ normalisation: { maen: [1, 2, 3] } }, /^it may not have "maen"$/],
      [{ model: '../other/model.onnx' }, /"model": must be the name of a file in the same folder/],
      [{ labels: '..' }, /"labels": must be the name of a file/],
      ['NHWC', /Object/],
    ];
    for (const [value, message] of wrong) assert.throws(() => parse(value), { name: 'SyntaxError', message });
    assert.throws(() => parseTaggerDescriptor('{ "size": 448'), /it is no JSON/);
  });
});
