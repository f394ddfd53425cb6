import { OnnxImageAnalyzer } from '../../../../src/adapters/onnx/onnxImageAnalyzer.ts';

// a program that uses the analyzer and then ends, in one of several ways
const [, , ending, workerFile = '', modelsDir = '', picture = ''] = process.argv;
const log = { debug: console.log, info: console.log, warn: console.log, error: console.log };
const open = () => new OnnxImageAnalyzer({ workerFile, modelsDir, personThreshold: 0.3, workers: 2, log });
const { signal } = new AbortController();

const analyzer = open();
console.log((await analyzer.analyze(picture, signal)).style);
if (ending === 'exit') {
  for (let i = 0; i < 20; i++) analyzer.analyze(picture, signal).then(() => i === 3 && process.exit(3), console.error);
}
if (ending === 'close') {
  for (let round = 0; round < 4; round++) {
    const busy = open();
    const all = Array.from({ length: 20 }, () => busy.analyze(picture, signal));
    const outcomes = Promise.allSettled(all);
    await all[round];
    await busy.close();
    const rejected = (await outcomes).filter(({ status }) => status === 'rejected');
    console.log(rejected.length > 0 ? 'closed at work' : 'closed too late');
  }
  await analyzer.close();
}
