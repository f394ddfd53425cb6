import { dirname } from 'node:path';
import { FatalError, ImageError } from '../model/failure.ts';
import { resultOf, type ImageState } from '../model/imageState.ts';
import { sidecarOf } from '../model/image.ts';
import type { FileOperation } from '../model/operation.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { SidecarResult } from '../model/stageResults.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { MetadataWriter } from '../ports/metadataWriter.ts';
import type { SidecarHistory } from '../undo/sidecarHistory.ts';
import { buildContent, type ContentOptions } from '../sidecar/buildContent.ts';
import type { SidecarContent } from '../sidecar/content.ts';
import { assertUnchanged } from './assertUnchanged.ts';
import { approvedOf, namedFor } from './suggestion.ts';

export interface XmpParts {
  readonly writer: MetadataWriter;
  readonly history: SidecarHistory;
  readonly files: Pick<Files, 'isWritable' | 'stat'>;
  readonly clock: Clock;
  readonly content: ContentOptions;
  readonly maxGeneralTags: number;
  readonly concurrency: number;
}

/** Why an image has no sidecar of its own. Its copy in the sorted folder gets one. */
export const FOLDER_IS_READ_ONLY = 'its folder can’t be written: the sidecar is written beside the copy that is sorted';

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

  async ready(): Promise<void> {
    try {
      await this.parts.writer.probe();
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      const message = `${error.message} Without it no sidecar can be written; --skip xmp, or imageInbox.stages.xmp off, goes without.`;
      throw new FatalError('no-exiftool', message, { cause: error });
    }
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<SidecarResult>> {
    const sidecar = sidecarOf(state.image.path);
    const content = this.contentFor(state);
    const at = this.now();
    // what was found is not true of another picture, and a sidecar would keep that from being taken
    await assertUnchanged(state.image, this.parts.files);
    try {
      const begun = state.intent?.stage === this.id ? state.intent.operations[0] : undefined;
      const now = await this.parts.history.keep(sidecar, context.signal);
      if (!begun) await context.intend([{ at, op: 'write', to: sidecar, ...(now && { before: now }) }]);
      const { written, conflicts, notes } = await this.parts.writer.write(sidecar, content, context.signal);
      // a kill may have come between the writing and the report of it: what was there before, the first attempt knows. If it
      // came sooner, or somebody was at the sidecar in between, the words that are to be kept are those that stood there now
      const before = begun && !written ? begun.before : now;
      if (conflicts.length > 0) context.warn(`${sidecar} was changed by somebody else. ${conflicts.join('; ')}`);
      if (notes.length > 0)
        context.warn('There are sidecars named a.xmp beside images; what became of each is in the manifest.');
      const operation = await this.parts.history.written(sidecar, before, at, context.signal);
      if (written || (begun && operation.sha256 !== before?.sha256)) await context.operated([operation]);
      return {
        kind: 'done',
        result: {
          sidecar,
          written,
          tags: content.tags.length,
          ...(conflicts.length > 0 && { conflicts }),
          ...(notes.length > 0 && { notes }),
        },
      };
    } catch (error) {
      if (!(error instanceof ImageError) || error.reason !== 'not-writable' || error.transient) throw error;
      if (await this.parts.files.isWritable(dirname(sidecar))) throw error;
      return { kind: 'skipped', why: FOLDER_IS_READ_ONLY };
    }
  }

  /** Writes the sidecar of an image's copy, which has none yet: its own folder did not take it. */
  async writeBeside(copy: string, state: ImageState, signal: AbortSignal): Promise<FileOperation> {
    const sidecar = sidecarOf(copy);
    await this.parts.writer.write(sidecar, this.contentFor(state), signal, state.image.path);
    return this.parts.history.written(sidecar, undefined, this.now(), signal);
  }

  private contentFor(state: ImageState): SidecarContent {
    const approved = approvedOf(state, this.parts.maxGeneralTags);
    return buildContent(
      {
        tags: approved.tags,
        match: approved.match,
        rating: approved.rating,
        named: namedFor(state),
        analysis: resultOf(state, 'analyze'),
        asked: {
          search: state.stages.search?.outcome.kind === 'done',
          analysis: state.stages.analyze?.outcome.kind === 'done',
        },
      },
      this.parts.content,
    );
  }

  private now(): string {
    return new Date(this.parts.clock.now()).toISOString();
  }
}
