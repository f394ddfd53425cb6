import { readFileSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { CallGate } from '../../../../src/adapters/onnx/callGate.ts';
import type { ThreadMessage, ThreadSetup } from '../../../../src/adapters/onnx/threadMessages.ts';

// an analyzer's thread that gets no answer, from the NAS or from the graphics driver: in the place of the models is a pipe
const { modelsDir: pipe, gate } = workerData as ThreadSetup;
const wait = (): void => {
  readFileSync(pipe);
  writeFileSync(`${pipe} answered`, '');
};
parentPort?.on('message', ({ path }: { readonly path: string }) => {
  if (path.startsWith('/nas/')) wait();
  else void new CallGate(gate).through(async () => wait());
});
parentPort?.postMessage({ kind: 'ready', runtime: '0' } satisfies ThreadMessage);
