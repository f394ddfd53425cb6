import assert from 'node:assert/strict';
import { parseCsv } from '../../../../src/adapters/onnx/tagger/parseCsv.ts';

describe('parseCsv', () => {
  it('reads rows with any line end, with a byte order mark, and with or without an end of the last line', () => {
    const rows = [
      ['a', 'b'],
      ['1', '絵 🌄'],
    ];
    for (const text of ['a,b\n1,絵 🌄\n', 'a,b\r\n1,絵 🌄', '\uFEFFa,b\r1,絵 🌄\r'])
      assert.deepEqual(parseCsv(text), rows);
  });

  it('reads quoted fields with commas, quotes and line ends in them', () => {
    assert.deepEqual(parseCsv('"don\'t_say_""lazy""","a,b","c\nd",""\n'), [['don\'t_say_"lazy"', 'a,b', 'c\nd', '']]);
  });

  it('keeps empty fields, and leaves out empty lines', () => {
    assert.deepEqual(parseCsv('a,,\n\n\r\n,b,\n'), [
      ['a', '', ''],
      ['', 'b', ''],
    ]);
    assert.deepEqual(parseCsv(''), []);
  });

  it('names the line of a quote that is not closed', () => {
    assert.throws(() => parseCsv('a,b\n1,2\n"3,4\n'), /line 3 has a quote/);
    assert.throws(() => parseCsv('a,"b"c\n'), /line 1 has a quote/);
  });
});
