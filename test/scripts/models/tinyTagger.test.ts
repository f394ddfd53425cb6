import assert from 'node:assert/strict';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildTinyTagger } from '../../fixtures/tinyTagger.ts';

const SIZE = 16;
type Pixel = readonly [number, number, number];

async function tagsOf(...pictures: readonly ((x: number, y: number) => Pixel)[]): Promise<readonly string[][]> {
  const { bytes, csv } = buildTinyTagger({ size: SIZE });
  const names = csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[1]!);
  const values = pictures.flatMap((pixel) =>
    Array.from({ length: SIZE * SIZE }, (_, index) => pixel(index % SIZE, Math.floor(index / SIZE))).flat(),
  );
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  try {
    const input = new Tensor('float32', Float32Array.from(values), [pictures.length, SIZE, SIZE, 3]);
    const { output } = await session.run({ input });
    assert.deepEqual(output!.dims, [pictures.length, names.length]);
    const scores = output!.data as Float32Array;
    return pictures.map((_, picture) => names.filter((_, tag) => scores[picture * names.length + tag]! > 0.35));
  } finally {
    await session.release();
  }
}

describe('the tiny tagger', () => {
  it('calls a red picture red when its channels come as blue, green, red', async () => {
    assert.deepEqual(await tagsOf(() => [0, 0, 255]), [['general', 'red_theme', 'red_haired_character']]);
  });

  it('calls a red picture blue when its channels come as red, green, blue', async () => {
    assert.deepEqual(await tagsOf(() => [255, 0, 0]), [['general', 'blue_theme']]);
  });

  it('calls a white picture dark when its values come as 0 to 1', async () => {
    assert.deepEqual(
      await tagsOf(
        () => [255, 255, 255],
        () => [1, 1, 1],
      ),
      [
        ['general', 'white_background'],
        ['general', 'dark'],
      ],
    );
  });

  it('tells left from top', async () => {
    const left = (x: number): Pixel => (x < SIZE / 2 ? [255, 255, 255] : [0, 0, 0]);
    const [leftTags, topTags] = await tagsOf(left, (_x, y) => left(y));
    assert.deepEqual(leftTags, ['general', 'bright_left']);
    assert.deepEqual(topTags, ['general', 'bright_top']);
  });

  it('has the table of a WD tagger: ratings first, one row for each output', () => {
    const [header, ...rows] = buildTinyTagger().csv.trimEnd().split('\n');
    assert.equal(header, 'tag_id,name,category,count');
    assert.deepEqual(
      rows.slice(0, 4).map((row) => row.split(',').slice(1, 3).join(' ')),
      ['general 9', 'sensitive 9', 'questionable 9', 'explicit 9'],
    );
    assert.ok(rows.some((row) => row.split(',')[2] === '4'));
  });

  it('takes pictures of 448 by 448 unless told otherwise', async () => {
    const session = await InferenceSession.create(buildTinyTagger().bytes, { intraOpNumThreads: 1 });
    const [input] = session.inputMetadata;
    assert.deepEqual(input?.isTensor ? input.shape : [], ['N', 448, 448, 3]);
    await session.release();
  });

  it('refuses a size that its fields do not divide', () => {
    assert.throws(() => buildTinyTagger({ size: 450 }), RangeError);
  });
});
