import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { OnnxImageAnalyzer, type OnnxImageAnalyzerOptions } from '../../../src/adapters/onnx/onnxImageAnalyzer.ts';
import type { Analysis } from '../../../src/core/model/analysis.ts';
import { AnalyzerUnavailable } from '../../../src/core/ports/imageAnalyzer.ts';
import { CollectedLog } from '../support/collectedLog.ts';

const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A file in `workers/`. */
export const worker = (name: string): string => local(`workers/${name}`);
export const WORKER = local('../../../src/adapters/onnx/analyzerWorker.ts');
export const MODELS = local('../../../media/models');
/** A picture of test/samples. */
export const sample = (name: string): string => local(`../../samples/inbox/${name}`);
export const never = new AbortController().signal;
export const THRESHOLDS = { general: 0.35, character: 0.85 };

export interface Opened extends AsyncDisposable {
  readonly analyzer: OnnxImageAnalyzer;
  readonly log: CollectedLog;
}

/** An analyzer with one thread and the bundled models, which closes itself at the end of the `await using` block. */
export function open(options: Partial<OnnxImageAnalyzerOptions> = {}): Opened {
  const log = new CollectedLog();
  const defaults = { workerFile: WORKER, modelsDir: MODELS, personThreshold: 0.3, workers: 1 };
  const analyzer = new OnnxImageAnalyzer({ ...defaults, ...options, log });
  return { analyzer, log, [Symbol.asyncDispose]: () => analyzer.close() };
}

/** What is said of a picture that is not analyzed. */
export async function unavailable(work: Promise<Analysis>): Promise<string> {
  const error: unknown = await work.then(
    () => assert.fail('was analyzed'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AnalyzerUnavailable, String(error));
  return error.message;
}

/** Two runs never take the same time. */
export const withoutTime = ({ processingMs: _, ...rest }: Analysis): Omit<Analysis, 'processingMs'> => rest;
