import { resultOf, type ImageState } from '../model/imageState.ts';
import type { StageOutcome } from '../model/outcome.ts';
import type { SyncResult } from '../model/stageResults.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import type { SyncTarget } from '../ports/syncTarget.ts';

/** Stage 7. Mirrors the sorted image and its sidecar to the NAS, the sidecar first. */
export class SyncStage implements Stage<'sync'> {
  readonly id = 'sync';
  readonly needs = ['categorize'] as const;
  /** the target brings in one go what comes while it is busy: a program's start is shared by so many */
  readonly concurrency = 64;
  private readonly target: SyncTarget | undefined;
  private readonly sorted: string;

  /** @param target undefined when no NAS is set */
  constructor(target: SyncTarget | undefined, sorted: string) {
    this.target = target;
    this.sorted = sorted;
  }

  async run(state: ImageState, context: StageContext): Promise<StageOutcome<SyncResult>> {
    if (!this.target) return { kind: 'skipped', why: 'no NAS folder is set' };
    const sorted = resultOf(state, 'categorize');
    if (!sorted) return { kind: 'skipped', why: 'not in the sorted folder' };
    const files = [...(sorted.sidecar === undefined ? [] : [sorted.sidecar]), sorted.destination];
    const answer = await this.target.put({ files, root: this.sorted }, context.signal);
    if (answer.kind === 'unreachable') {
      context.warn(`The NAS can't be reached: ${answer.why} What was sorted is synced by the next run.`);
      return { kind: 'waiting', why: 'retry', detail: answer.why };
    }
    const { destination, copied, unchanged, bytes } = answer;
    // none of its files has a place there
    if (copied + unchanged === 0) return { kind: 'skipped', why: 'left out of the sync (imageInbox.sync.exclude)' };
    return { kind: 'done', result: { destination, copied, unchanged, bytes } };
  }
}
