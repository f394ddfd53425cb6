/**
 * The analyzer's thread: loads the models, then answers one picture after the other. A bundle of its own (CommonJS, without
 * sharp and onnxruntime-node), so that nothing native comes near the extension host's main thread.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { DecoderLacks, ImageError } from '../../core/model/failure.ts';
import { AnalyzerUnavailable } from '../../core/ports/imageAnalyzer.ts';
import { CallGate } from './callGate.ts';
import { TaggerProblem } from './tagger/taggerProblem.ts';
import { ThreadModels } from './threadModels.ts';
import type { ThreadMessage, ThreadRequest, ThreadSetup } from './threadMessages.ts';

async function serve(port: MessagePort, { modelsDir, device, gate }: ThreadSetup): Promise<void> {
  const say = (message: ThreadMessage): void => {
    // several megabytes that nobody here needs any more
    const inputs = message.kind === 'answer' ? message.answer.inputs : [];
    port.postMessage(
      message,
      inputs.map(({ buffer }) => buffer),
    );
  };
  let models: ThreadModels;
  try {
    models = await ThreadModels.load(modelsDir, device, new CallGate(gate));
  } catch (error) {
    if (!(error instanceof AnalyzerUnavailable)) throw error;
    say({ kind: 'unavailable', why: error.message });
    return;
  }
  port.on('message', (request: ThreadRequest) => void answer(models, request).then(say));
  const { runtimeVersion: runtime, note } = models;
  say({ kind: 'ready', runtime, ...(note !== undefined && { note }) });
}

async function answer(models: ThreadModels, request: ThreadRequest): Promise<ThreadMessage> {
  try {
    return request.kind === 'tagger'
      ? { kind: 'tagger', facts: await models.describeTagger(request.tagger) }
      : { kind: 'answer', answer: await models.answer(request.path, request.tags) };
  } catch (error) {
    if (error instanceof DecoderLacks) return { kind: 'decoder-lacks', why: error.message };
    if (error instanceof TaggerProblem || error instanceof AnalyzerUnavailable) {
      return { kind: 'tagger-unusable', why: error.message };
    }
    if (error instanceof ImageError) {
      return { kind: 'image-error', reason: error.reason, message: error.message, transient: error.transient };
    }
    const message = `The models failed: ${error instanceof Error ? error.message : String(error)}.`;
    return { kind: 'image-error', reason: 'model', message, transient: false };
  }
}

if (!parentPort) throw new Error('analyzerWorker is to be started as a worker thread');
void serve(parentPort, workerData as ThreadSetup);
