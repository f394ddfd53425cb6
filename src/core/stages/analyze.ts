import type { Analysis } from '../model/analysis.ts';
import { DecoderLacks } from '../model/failure.ts';
import type { ImageState } from '../model/imageState.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import { AnalyzerUnavailable, type ImageAnalyzer } from '../ports/imageAnalyzer.ts';

/**
 * Stage 5. Needs only the image, so it runs while the search waits for the network. Where there is no analysis to be had,
 * through no fault of the image, the rest goes on without.
 */
export class AnalyzeStage implements Stage<'analyze'> {
  readonly id = 'analyze';
  readonly needs = ['scan'] as const;
  readonly concurrency: number;
  private readonly analyzer: ImageAnalyzer;

  constructor(analyzer: ImageAnalyzer) {
    this.analyzer = analyzer;
    this.concurrency = analyzer.concurrency;
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<Analysis>> {
    try {
      const result = await this.analyzer.analyze(state.image.path, context.signal);
      for (const note of result.notes ?? []) context.warn(note);
      return { kind: 'done', result };
    } catch (error) {
      if (!(error instanceof AnalyzerUnavailable || error instanceof DecoderLacks)) throw error;
      context.warn(error.message, 'part');
      return { kind: 'skipped', why: error.message };
    }
  }
}
