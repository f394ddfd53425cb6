import assert from 'node:assert/strict';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AnalyzerProbe } from '../../../src/adapters/onnx/analyzerProbe.ts';
import { ModelChecksums } from '../../../src/adapters/onnx/modelChecksums.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const MODELS = join(import.meta.dirname, '../../../media/models');
const WORKER = join(import.meta.dirname, '../../../src/adapters/onnx/analyzerWorker.ts');
const signal = new AbortController().signal;

async function copied() {
  const folder = await temporaryFolder();
  for (const name of ['classifier.onnx', 'detector.onnx', 'checksums.json']) {
    await copyFile(join(MODELS, name), join(folder.path, name));
  }
  return folder;
}

describe('The check of the models', () => {
  it('finds them sound, and that they load', async () => {
    const files = (await new ModelChecksums(MODELS).check(signal)) ?? [];
    assert.deepEqual(
      files.map(({ path, state }) => `${basename(path)} ${state}`),
      ['classifier.onnx sound', 'detector.onnx sound'],
    );
    const works = await new AnalyzerProbe(WORKER, MODELS).probe();
    assert.match(works.kind === 'works' ? works.version : works.why, /^\d+\.\d+\.\d+/);
  });

  it('finds one that is missing, and one of which a byte is wrong', async () => {
    await using folder = await copied();
    const classifier = join(folder.path, 'classifier.onnx');
    const bytes = await readFile(classifier);
    bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1;
    await writeFile(classifier, bytes);
    await rm(join(folder.path, 'detector.onnx'));
    assert.deepEqual(await new ModelChecksums(folder.path).check(signal), [
      { path: classifier, state: 'changed' },
      { path: join(folder.path, 'detector.onnx'), state: 'missing' },
    ]);
    const works = await new AnalyzerProbe(WORKER, folder.path).probe();
    assert.match(works.kind === 'broken' ? works.why : 'works', /detector\.onnx can't be loaded/);
  });

  it('says that there are none where there is no list of them', async () => {
    await using folder = await temporaryFolder();
    assert.equal(await new ModelChecksums(folder.path).check(signal), undefined);
    await writeFile(join(folder.path, 'checksums.json'), '{"classifier.onnx": 1}');
    assert.equal(await new ModelChecksums(folder.path).check(signal), undefined);
  });
});
