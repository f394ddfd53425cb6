import { hidePackage } from './hidePackage.ts';

hidePackage('sharp');
await import('../../../../src/adapters/onnx/analyzerWorker.ts');
