/**
 * The analyzer's thread: loads the models, then answers one picture after the other. A bundle of its own (CommonJS, without
 * sharp and onnxruntime-node), so that nothing native comes near the extension host's main thread.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { DecoderLacks, ImageError } from '../../core/model/failure.ts';
import { AnalyzerUnavailable } from '../../core/ports/imageAnalyzer.ts';
import { BundledModels } from './bundledModels.ts';
import { CallGate } from './callGate.ts';
import type { AnalyzeRequest, ThreadMessage, ThreadSetup } from './threadMessages.ts';

async function serve(port: MessagePort, { modelsDir, gate }: ThreadSetup): Promise<void> {
  const say = (message: ThreadMessage): void => port.postMessage(message);
  let models: BundledModels;
  try {
    models = await BundledModels.load(modelsDir, new CallGate(gate));
  } catch (error) {
    if (!(error instanceof AnalyzerUnavailable)) throw error;
    say({ kind: 'unavailable', why: error.message });
    return;
  }
  port.on('message', ({ path }: AnalyzeRequest) => void answer(models, path).then(say));
  say({ kind: 'ready' });
}

async function answer(models: BundledModels, path: string): Promise<ThreadMessage> {
  try {
    return { kind: 'answer', answer: await models.answer(path) };
  } catch (error) {
    if (error instanceof DecoderLacks) return { kind: 'decoder-lacks', why: error.message };
    if (error instanceof ImageError) {
      return { kind: 'image-error', reason: error.reason, message: error.message, transient: error.transient };
    }
    const message = `The models failed: ${error instanceof Error ? error.message : String(error)}.`;
    return { kind: 'image-error', reason: 'model', message, transient: false };
  }
}

if (!parentPort) throw new Error('analyzerWorker is to be started as a worker thread');
void serve(parentPort, workerData as ThreadSetup);
