import { TAG_CATEGORIES, type TagCategory } from '../../core/model/tag.ts';
import type { TaggerFindings, TaggerInspector } from '../../core/ports/imageAnalyzer.ts';
import { AnalyzerThread, ThreadDied, ThreadUnusable, type ThreadOptions } from './analyzerThread.ts';
import { MODEL } from './tagger/taggerFiles.ts';
import { readTaggerFolder } from './tagger/taggerFolder.ts';
import { TaggerProblem } from './tagger/taggerProblem.ts';

/** Reads the folder as the analysis would, and has a thread of its own load the model and show it a white picture. */
export class OnnxTaggerInspector implements TaggerInspector {
  private readonly options: ThreadOptions;

  constructor(options: ThreadOptions) {
    this.options = options;
  }

  async inspect(folder: string, signal: AbortSignal): Promise<TaggerFindings> {
    signal.throwIfAborted();
    try {
      return await this.look(folder, signal);
    } catch (error) {
      signal.throwIfAborted();
      const isKnown = error instanceof TaggerProblem || error instanceof ThreadUnusable || error instanceof ThreadDied;
      if (!isKnown) throw error;
      return { kind: 'broken', why: error.message };
    }
  }

  private async look(path: string, signal: AbortSignal): Promise<TaggerFindings> {
    const { name, form, labels, model } = await readTaggerFolder(path);
    if (!model) throw new TaggerProblem('model', `The folder ${path} has no ${MODEL}.`);
    signal.throwIfAborted();
    const thread = new AnalyzerThread(this.options);
    const stop = (): void => void thread.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { side, sha256, firstMs } = await thread.describeTagger({
        name,
        file: model.path,
        form,
        tags: labels.length,
      });
      const count = (category: TagCategory): number =>
        labels.filter((label) => label.kind === 'tag' && label.category === category).length;
      return {
        kind: 'works',
        name,
        size: side,
        tags: Object.fromEntries(TAG_CATEGORIES.map((category) => [category, count(category)])) as Record<
          TagCategory,
          number
        >,
        givesRatings: labels.some(({ kind }) => kind === 'rating'),
        sha256,
        bytes: model.bytes,
        ms: Math.round(firstMs),
      };
    } finally {
      signal.removeEventListener('abort', stop);
      await thread.close();
    }
  }
}
