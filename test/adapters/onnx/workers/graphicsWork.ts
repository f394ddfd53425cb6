import { pretendGraphics } from './graphics.ts';

pretendGraphics('works');
await import('../../../../src/adapters/onnx/analyzerWorker.ts');
