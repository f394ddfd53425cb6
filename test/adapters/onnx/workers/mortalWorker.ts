import { parentPort } from 'node:worker_threads';

// the real analyzer's thread, but one that some pictures kill
parentPort?.on('message', ({ path }: { readonly path: string }) => {
  if (path.includes('poison')) process.exit(7);
});
await import('../../../../src/adapters/onnx/analyzerWorker.ts');
