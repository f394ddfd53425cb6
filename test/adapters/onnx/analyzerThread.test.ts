import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AnalyzerThread, ThreadDied } from '../../../src/adapters/onnx/analyzerThread.ts';
import { readPipe } from '../support/readPipe.ts';
import { settlesWithin } from '../support/settlesWithin.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { worker } from './openAnalyzer.ts';

/** Closes a thread that waits at a picture, whether or not it is let go in time, and then lets it have its answer. */
async function closeAt(picture: string, seconds: number): Promise<{ isLetGo: boolean; hasGoneOn: boolean }> {
  await using folder = await temporaryFolder();
  const modelsDir = join(folder.path, 'silent');
  execFileSync('mkfifo', [modelsDir]);
  const thread = new AnalyzerThread({ workerFile: worker('silentDriver.ts'), modelsDir, device: 'gpu' });
  const died = assert.rejects(thread.ask(picture, { kind: 'none' }), ThreadDied);
  const pipe = await readPipe(modelsDir);
  const isLetGo = await settlesWithin(seconds, () => thread.close());
  assert.ok(thread.isAlive);
  pipe[Symbol.dispose]();
  await died;
  return { isLetGo, hasGoneOn: existsSync(`${modelsDir} answered`) };
}

describe('An analyzer thread that is closed', () => {
  it('is let go when it waits for a graphics driver, and ends after its call, not in the middle', async () => {
    assert.deepEqual(await closeAt('/here/a.png', 35), { isLetGo: true, hasGoneOn: true });
  });

  it('is let go soon when it waits for a NAS', async () => {
    assert.ok((await closeAt('/nas/a.png', 5)).isLetGo);
  });
});
