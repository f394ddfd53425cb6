import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { WD_TAGGER } from '../../../../src/adapters/onnx/tagger/taggerForm.ts';
import { readTaggerFolder } from '../../../../src/adapters/onnx/tagger/taggerFolder.ts';
import { TaggerProblem } from '../../../../src/adapters/onnx/tagger/taggerProblem.ts';
import { writeTagger } from '../../../fixtures/taggerFolder.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

async function problem(folder: string): Promise<string> {
  const error: unknown = await readTaggerFolder(folder).then(
    () => assert.fail('was taken'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TaggerProblem, String(error));
  return `${error.reason}: ${error.message}`;
}

describe('readTaggerFolder', () => {
  it('reads a folder in the form of a WD tagger', async () => {
    await using folder = await temporaryFolder();
    const { name, form, labels, model } = await readTaggerFolder(await writeTagger(folder.path));
    assert.deepEqual([name, form, labels.length], [basename(folder.path), WD_TAGGER, 12]);
    assert.equal(model?.path, join(folder.path, 'model.onnx'));
    assert.ok(model.bytes > 1000);
  });

  it('reads a folder as its tagger.json says', async () => {
    await using folder = await temporaryFolder();
    await writeTagger(folder.path, {}, { name: '絵 tagger', labels: 'my tags.csv', layout: 'NCHW' });
    await writeFile(join(folder.path, 'my tags.csv'), 'name,category\nsolo,0\n');
    const { name, form, labels } = await readTaggerFolder(folder.path);
    assert.deepEqual([name, form.layout, labels.length], ['絵 tagger', 'NCHW', 1]);
  });

  it('takes a folder without a model, for a tagger that runs elsewhere', async () => {
    await using folder = await temporaryFolder();
    await writeTagger(folder.path);
    await rm(join(folder.path, 'model.onnx'));
    assert.equal((await readTaggerFolder(folder.path)).model, undefined);
  });

  it('says which file is wrong, and how', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string): string => join(folder.path, name);
    assert.match(await problem(at('nowhere')), /^folder: The folder .*nowhere can't be opened \(ENOENT\)/);
    await mkdir(at('empty'));
    assert.match(await problem(at('empty')), /^labels: .*selected_tags\.csv is missing/);

    const tagger = await writeTagger(at('tagger'));
    assert.match(await problem(join(tagger, 'model.onnx')), /^folder: .*model\.onnx is a file: choose the folder/);
    await writeFile(join(tagger, 'model.onnx'), 'version https://git-lfs.github.com/spec/v1\noid sha256:35f2\n');
    assert.match(await problem(tagger), /^model: .*model\.onnx is the pointer of Git LFS/);
    await writeFile(join(tagger, 'model.onnx'), '<!DOCTYPE html>\n<html><body>Sign in</body></html>');
    assert.match(await problem(tagger), /^model: .*model\.onnx is a web page, not the model/);
    await writeFile(join(tagger, 'model.onnx'), '');
    assert.match(await problem(tagger), /^model: .*model\.onnx is empty: download it again/);
    await writeFile(join(tagger, 'tagger.json'), '{ "layout": "HWC" }');
    assert.match(await problem(tagger), /^descriptor: .*tagger\.json can't be used: "layout": /);
    await rm(join(tagger, 'tagger.json'));
    await writeFile(join(tagger, 'selected_tags.csv'), 'tag_id,name,category\n1,solo,12\n');
    assert.match(
      await problem(tagger),
      /^labels: .*selected_tags\.csv can't be used: "solo" \(tag 1\) has the category "12"/,
    );
    await rm(join(tagger, 'selected_tags.csv'));
    await mkdir(join(tagger, 'selected_tags.csv'));
    assert.match(await problem(tagger), /^labels: .*selected_tags\.csv can't be read \(EISDIR\)/);
  });
});
