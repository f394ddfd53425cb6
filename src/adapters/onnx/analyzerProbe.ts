import type { PartAnswer, PartProbe } from '../../core/ports/partProbe.ts';
import { AnalyzerThread, ThreadUnusable } from './analyzerThread.ts';

/** Starts an analyzer thread, which loads onnxruntime and the models, and ends it. */
export class AnalyzerProbe implements PartProbe {
  readonly name = 'onnxruntime-node (runs the models)';
  private readonly workerFile: URL | string;
  private readonly modelsDir: string;

  /** @param workerFile the built analyzerWorker @param modelsDir absolute path of media/models */
  constructor(workerFile: URL | string, modelsDir: string) {
    this.workerFile = workerFile;
    this.modelsDir = modelsDir;
  }

  async probe(): Promise<PartAnswer> {
    const { workerFile, modelsDir } = this;
    const thread = new AnalyzerThread({ workerFile, modelsDir, device: 'cpu' });
    try {
      const { runtime } = await thread.ready();
      return { kind: 'works', version: runtime };
    } catch (error) {
      if (!(error instanceof ThreadUnusable)) throw error;
      return { kind: 'broken', why: error.message };
    } finally {
      await thread.close();
    }
  }
}
