import { pretendGraphics } from './graphics.ts';

pretendGraphics('fails');
await import('../../../../src/adapters/onnx/analyzerWorker.ts');
