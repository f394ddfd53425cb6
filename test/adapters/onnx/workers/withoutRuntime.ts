import { hidePackage } from './hidePackage.ts';

hidePackage('onnxruntime-node');
await import('../../../../src/adapters/onnx/analyzerWorker.ts');
