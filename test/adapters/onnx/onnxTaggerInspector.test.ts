import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OnnxTaggerInspector } from '../../../src/adapters/onnx/onnxTaggerInspector.ts';
import { writeTagger } from '../../fixtures/taggerFolder.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { MODELS, never, worker, WORKER } from './openAnalyzer.ts';

const inspector = (workerFile = WORKER) => new OnnxTaggerInspector({ workerFile, modelsDir: MODELS, device: 'cpu' });

async function why(folder: string, workerFile?: string): Promise<string> {
  const findings = await inspector(workerFile).inspect(folder, never);
  assert.ok(findings.kind === 'broken', JSON.stringify(findings));
  return findings.why;
}

describe('OnnxTaggerInspector', () => {
  it('says what a folder holds', async () => {
    await using folder = await temporaryFolder();
    await writeTagger(folder.path, {}, { name: 'Tiny 絵 tagger' });
    const model = await readFile(join(folder.path, 'model.onnx'));
    const findings = await inspector().inspect(folder.path, never);
    assert.ok(findings.kind === 'works', JSON.stringify(findings));
    const { ms, ...facts } = findings;
    assert.deepEqual(facts, {
      kind: 'works',
      name: 'Tiny 絵 tagger',
      size: 16,
      tags: { general: 7, character: 1, copyright: 0, artist: 0, meta: 0 },
      givesRatings: true,
      sha256: createHash('sha256').update(model).digest('hex'),
      bytes: model.length,
    });
    assert.ok(ms >= 0);
  });

  it('says what is wrong with a folder', async () => {
    await using folder = await temporaryFolder();
    assert.match(await why(folder.path), /selected_tags\.csv is missing/);
    await writeTagger(folder.path, { logits: true });
    assert.match(await why(folder.path), /set "activation" to "sigmoid"/);
    await writeFile(join(folder.path, 'model.onnx'), 'half a download');
    assert.match(await why(folder.path), /model\.onnx can't be used\. It fails: \S/);
    await rm(join(folder.path, 'model.onnx'));
    assert.match(await why(folder.path), /has no model\.onnx/);
  });

  it('says that nothing can be run on this machine', async () => {
    await using folder = await temporaryFolder();
    await writeTagger(folder.path);
    assert.match(await why(folder.path, worker('withoutRuntime.ts')), /can't be analyzed on this machine/);
    assert.match(await why(folder.path, worker('no such worker.js')), /can't be started/);
  });

  it('stops when it is told to', async () => {
    await using folder = await temporaryFolder();
    await writeTagger(folder.path);
    const stop = new AbortController();
    const inspecting = inspector().inspect(folder.path, stop.signal);
    const reason = new Error('the user left');
    stop.abort(reason);
    await assert.rejects(inspecting, (error) => error === reason);
    await assert.rejects(inspector().inspect(folder.path, stop.signal), (error) => error === reason);
  });

  it('stops while the model is loaded, too', async () => {
    await using folder = await temporaryFolder();
    await writeTagger(folder.path);
    const stop = new AbortController();
    const reason = new Error('the user left');
    const inspecting = inspector(worker('slowStart.ts')).inspect(folder.path, stop.signal);
    setTimeout(() => stop.abort(reason), 300);
    await assert.rejects(inspecting, (error) => error === reason);
  });
});
