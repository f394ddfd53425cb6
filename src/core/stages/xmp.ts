import { resultOf, type ImageState } from '../model/imageState.ts';
import { sidecarOf } from '../model/image.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { SidecarResult } from '../model/stageResults.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type { MetadataWriter } from '../ports/metadataWriter.ts';
import { buildContent, type ContentOptions } from '../sidecar/buildContent.ts';
import { approvedOf, suggestionOf } from './suggestion.ts';

export interface XmpParts {
  readonly writer: MetadataWriter;
  readonly clock: Clock;
  readonly content: ContentOptions;
  readonly maxGeneralTags: number;
  readonly concurrency: number;
}

/** Stage 4. Writes the sidecar once, beside the image, with everything that search, review and analysis have found. */
export class XmpStage implements Stage<'xmp'> {
  readonly id = 'xmp';
  readonly needs = ['review', 'analyze'] as const;
  readonly concurrency: number;
  private readonly parts: XmpParts;

  constructor(parts: XmpParts) {
    this.parts = parts;
    this.concurrency = parts.concurrency;
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<SidecarResult>> {
    const sidecar = sidecarOf(state.image.path);
    const approved = approvedOf(state, this.parts.maxGeneralTags);
    const content = buildContent(
      {
        tags: approved.tags,
        match: approved.match,
        rating: approved.rating,
        suggestion: suggestionOf(state, this.parts.maxGeneralTags),
        analysis: resultOf(state, 'analyze'),
      },
      this.parts.content,
    );
    const { written } = await this.parts.writer.write(sidecar, content, context.signal);
    if (written) {
      await context.operated([{ at: new Date(this.parts.clock.now()).toISOString(), op: 'write', to: sidecar }]);
    }
    return { kind: 'done', result: { sidecar, written, tags: content.tags.length } };
  }
}
