import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildModels, convertModel, MODEL_FILES, MODELS_FOLDER } from '../../../scripts/models/build.ts';
import { ModelBuildError } from '../../../scripts/models/modelBuildError.ts';

describe('the build of the bundled models', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), `models "it's" 画像 🖼️ `));
    await copyFile(path.join(MODELS_FOLDER, 'checksums.json'), path.join(folder, 'checksums.json'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('gives the same bytes every time', async () => {
    for (const file of MODEL_FILES) assert.deepEqual(await convertModel(file), await convertModel(file));
  });

  it('writes the two models of checksums.json, and nothing else', async () => {
    const outcomes = await buildModels(folder, { force: false });
    assert.deepEqual(
      outcomes.map(({ kind, file }) => `${kind} ${file}`),
      ['built classifier.onnx', 'built detector.onnx'],
    );
    assert.deepEqual((await readdir(folder)).sort(), ['checksums.json', 'classifier.onnx', 'detector.onnx']);
    const checksums = JSON.parse(await readFile(path.join(folder, 'checksums.json'), 'utf8')) as Record<
      string,
      { bytes: number }
    >;
    for (const file of MODEL_FILES) {
      assert.equal((await stat(path.join(folder, file))).size, checksums[file]?.bytes);
    }
  });

  it('says in each model where its weights come from', async () => {
    const sources = { 'classifier.onnx': 'nsfwjs@4.3.0', 'detector.onnx': '@vladmandic/human@3.3.6' };
    const classes = { 'classifier.onnx': 'Drawing,Hentai,Neutral', 'detector.onnx': 'person,bicycle,car' };
    for (const file of MODEL_FILES) {
      const bytes = Buffer.from(await convertModel(file));
      for (const text of [sources[file], classes[file], 'license', 'MIT']) assert.ok(bytes.includes(text), text);
    }
  });

  it('leaves intact models alone, unless it is forced', async () => {
    await buildModels(folder, { force: false });
    const old = new Date('2001-02-03T04:05:06Z');
    for (const file of MODEL_FILES) await utimes(path.join(folder, file), old, old);

    const again = await buildModels(folder, { force: false });
    assert.deepEqual(
      again.map(({ kind }) => kind),
      ['kept', 'kept'],
    );
    for (const file of MODEL_FILES) assert.deepEqual((await stat(path.join(folder, file))).mtime, old);

    await buildModels(folder, { force: true });
    for (const file of MODEL_FILES) assert.notDeepEqual((await stat(path.join(folder, file))).mtime, old);
  });

  it('replaces a damaged model, and only that one', async () => {
    await buildModels(folder, { force: false });
    const file = path.join(folder, 'detector.onnx');
    const bytes = await readFile(file);
    bytes[1_000_000]! ^= 1;
    await writeFile(file, bytes);

    const outcomes = await buildModels(folder, { force: false });
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['kept', 'built'],
    );
    assert.deepEqual(new Uint8Array(await readFile(file)), await convertModel('detector.onnx'));
  });

  it('fails and keeps what was there when the built bytes are not those of checksums.json', async () => {
    const checksums = path.join(folder, 'checksums.json');
    const text = await readFile(checksums, 'utf8');
    const wrong = '0123456789abcdef'.repeat(4);
    await writeFile(checksums, text.replace(/(?<="sha256": ")[0-9a-f]{64}/, wrong));
    await writeFile(path.join(folder, 'classifier.onnx'), 'an older model');

    await assert.rejects(buildModels(folder, { force: false }), (error) => {
      assert.ok(error instanceof ModelBuildError);
      assert.equal(error.reason, 'checksum');
      assert.match(error.message, /^classifier\.onnx: built \d+ bytes with SHA-256 [0-9a-f]{64}/);
      assert.ok(error.message.includes(wrong));
      return true;
    });
    assert.equal(await readFile(path.join(folder, 'classifier.onnx'), 'utf8'), 'an older model');
    assert.deepEqual((await readdir(folder)).sort(), ['checksums.json', 'classifier.onnx']);
  });

  it('fails when checksums.json is missing or is not understood', async () => {
    for (const text of [undefined, '{', '{"classifier.onnx": {}}']) {
      const checksums = path.join(folder, 'checksums.json');
      if (text === undefined) await rm(checksums);
      else await writeFile(checksums, text);
      await assert.rejects(
        buildModels(folder, { force: false }),
        (error) => error instanceof ModelBuildError && error.reason === 'checksum' && error.cause !== undefined,
      );
    }
  });
});
