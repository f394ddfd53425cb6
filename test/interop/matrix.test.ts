import assert from 'node:assert/strict';
import { exiftool } from '../adapters/exiftool/readers.ts';
import { Matrix, type Row } from './matrix.ts';
import { expectedBy } from './shapes.ts';

const matrix = new Matrix();
const found = [...matrix.readers].map(([{ name }, version]) => `${name} (${version})`).join(', ');
const missing = matrix.missing.length > 0 ? `; not installed, so not asked: ${matrix.missing.join(', ')}` : '';

describe(`sidecars as other programs read them: ${found}${missing}`, () => {
  let rows: ReadonlyMap<string, Row>;
  let names: readonly string[];
  before(async function () {
    this.timeout(900_000); // half a minute; it took over five where the machine was busy with much else
    ({ rows, names } = await matrix.run());
  });
  after(() => matrix.close());
  const rowOf = (name: string): Row => rows.get(name) ?? assert.fail(`no ${name}`);

  for (const shape of matrix.shapes) {
    const { name, outcome, says } = shape;
    describe(name, () => {
      if (!says) {
        it(`is refused (${outcome}) and left as found`, () => {
          const row = rowOf(name);
          assert.deepEqual([row.outcome, row.secondOutcome], [outcome, outcome]);
          assert.deepEqual(row.afterSecond, row.before);
        });
        return;
      }
      it('is written; a second time changes no byte, and neither changes the image', () => {
        const row = rowOf(name);
        assert.deepEqual([row.outcome, row.secondOutcome], ['written', 'unchanged']);
        assert.ok(row.after.sidecar && row.after.sidecar.length > 0);
        assert.deepEqual(row.afterSecond, row.after);
        assert.deepEqual(row.after.image, row.before.image);
      });
      for (const reader of matrix.readers.keys()) {
        it(`is read by ${reader.name}`, () => {
          const expected = expectedBy(reader, shape);
          assert.deepEqual(rowOf(name).seen.get(reader.name), expected);
        });
      }
    });
  }

  it('are all that is in the folder in the end, beside the images', () => {
    const expected = [...rows.values()].flatMap(({ shape, image }) => {
      const [name = ''] = names.filter((each) => image.endsWith(each));
      return [name, `${name}.xmp`, ...(shape.name === 'a symbolic link' ? [`target of ${name}.txt`] : [])];
    });
    assert.deepEqual([...names].toSorted(), expected.toSorted());
  });

  const rewritten = ['edited in Immich', 'edited with Exiv2', 'rewritten by darktable'];
  for (const name of rewritten.filter((each) => matrix.shapes.some((shape) => shape.name === each))) {
    it(`still say where each tag is from after they were ${name}, in plain ExifTool output`, async () => {
      const output = await exiftool('-s3', '-XMP-ImageInbox:TagSources', `${rowOf(name).image}.xmp`);
      assert.match(output, /general\/kept \| danbooru:99200001 via danbooru-md5 100 %/);
      assert.match(output, /general\/new \| danbooru:99200001 via danbooru-md5 100 %/);
    });
  }

  it("keep digiKam's other fields, and its other tag fields in step", async () => {
    const fields = [
      '-XMP-digiKam:PickLabel', '-XMP-microsoft:LastKeywordXMP', '-XMP-mediapro:CatalogSets', '-XMP-acdsee:Categories',
    ]; // prettier-ignore
    const output = await exiftool('-json', ...fields, `${rowOf('written by digiKam').image}.xmp`);
    const { SourceFile: _, ...seen } = (JSON.parse(output) as Record<string, unknown>[])[0]!;
    assert.deepEqual(seen, {
      PickLabel: 3,
      LastKeywordXMP: ['Places', 'Places/Home', 'general/a'],
      CatalogSets: ['Places', 'Places|Home', 'general|a'],
      Categories:
        '<Categories><Category Assigned="1">Places<Category Assigned="1">Home</Category></Category>' +
        '<Category Assigned="0">general<Category Assigned="1">a</Category></Category></Categories>',
    });
  });
});
