import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NodeImageFolder } from '../../../src/adapters/files/nodeImageFolder.ts';
import { NodeFiles } from '../../../src/adapters/files/nodeFiles.ts';
import type { JournalEvent } from '../../../src/core/journal/events.ts';
import { fold } from '../../../src/core/journal/fold.ts';
import { ImageError } from '../../../src/core/model/failure.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { FileOperation } from '../../../src/core/model/operation.ts';
import type { StageOutcome } from '../../../src/core/model/outcome.ts';
import type { CategorizeResult } from '../../../src/core/model/stageResults.ts';
import { SortedRoot } from '../../../src/core/pipeline/sortedRoot.ts';
import { CategorizeStage, type CategorizeParts } from '../../../src/core/stages/categorize.ts';
import { sha256Of } from '../../adapters/support/contentOf.ts';
import { temporaryFolder } from '../../adapters/support/temporaryFolder.ts';

/** One run's attempt; what is not said is as usual. */
export interface Attempt extends Partial<Pick<CategorizeParts, 'files' | 'transfer' | 'dryRun' | 'sidecars'>> {
  readonly category?: string;
  /** absolute path of another sorted folder */
  readonly sorted?: string;
  /** of a run that has others under way */
  readonly stage?: CategorizeStage;
  /** right after the plan was made */
  readonly onIntent?: (operations: readonly FileOperation[]) => void;
}

/** An image with its sidecar, others where a test puts them, and the folder that they go to. */
export class SmallInbox implements AsyncDisposable {
  static readonly IMAGE = 'a picture';
  static readonly SIDECAR = '<what is known of it/>';
  readonly inbox: string;
  readonly sorted: string;
  /** categories that the chooser was told of */
  readonly made: string[] = [];
  readonly warnings: string[] = [];
  private readonly folder: Awaited<ReturnType<typeof temporaryFolder>>;

  private constructor(folder: Awaited<ReturnType<typeof temporaryFolder>>) {
    this.folder = folder;
    this.inbox = join(folder.path, 'Inbox');
    this.sorted = join(folder.path, 'Sorted');
    this.write(join(this.inbox, 'a.jpg'), SmallInbox.IMAGE);
    this.write(join(this.inbox, 'a.jpg.xmp'), SmallInbox.SIDECAR);
  }

  static async create(): Promise<SmallInbox> {
    return new SmallInbox(await temporaryFolder());
  }

  /** Writes a file, with the folders above it. */
  write(path: string, content: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** What a file of the sorted folder holds; undefined when it is not there. */
  read(name: string): string | undefined {
    const path = join(this.sorted, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  /** The image as the stages before have left it. @param content written there if given */
  found(name = 'a.jpg', content?: string): ImageState {
    const path = join(this.inbox, name);
    if (content !== undefined) this.write(path, content);
    const { size, mtimeMs } = statSync(path);
    const bytes = readFileSync(path);
    const id = sha256Of(name).slice(0, 16) as ImageId;
    return {
      image: { id, path, size, mtimeMs },
      stages: {
        scan: { outcome: { kind: 'done', result: { format: 'jpeg', sha256: sha256Of(bytes), md5: '' } }, ms: 0 },
      },
      operations: [],
    };
  }

  stage(attempt: Attempt = {}, underWay: readonly ImageState[] = []): CategorizeStage {
    const { files = new NodeFiles(), transfer = 'move', dryRun = false, category = 'Art' } = attempt;
    const decision = { suggested: category, learned: false, final: category, because: 'the test says so' };
    return new CategorizeStage({
      files,
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      chooser: { choose: () => Promise.resolve(decision), made: (name: string) => void this.made.push(name) } as never,
      sorted: new SortedRoot(attempt.sorted ?? this.sorted, { files, walk: new NodeImageFolder() }),
      transfer,
      underWay,
      sidecars: attempt.sidecars ?? { writeBeside: () => Promise.reject(new Error('not here')) },
      dryRun,
    });
  }

  /** As the runner makes it: what the stage says is folded into the image's state. */
  async attempt(before: ImageState, attempt: Attempt = {}): Promise<ImageState> {
    let state = before;
    const say = (event: JournalEvent): Promise<void> => {
      state = fold(state, event) ?? state;
      return Promise.resolve();
    };
    const stage = attempt.stage ?? this.stage(attempt, [state]);
    const { image } = state;
    let outcome: StageOutcome<CategorizeResult>;
    try {
      outcome = await stage.run(state, {
        signal: new AbortController().signal,
        lastCall: false,
        intend: async (operations) => {
          await say({ kind: 'intended', image: image.id, stage: 'categorize', operations });
          attempt.onIntent?.(operations);
        },
        operated: (operations) => say({ kind: 'operated', image: image.id, operations }),
        remember: () => Promise.resolve(),
        warn: (text) => void this.warnings.push(text),
      });
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      const { reason, message, unfinished } = error;
      outcome = { kind: 'failed', error: { reason, message, attempts: 1 }, ...(unfinished && { unfinished }) };
    }
    await say({ kind: 'stage-ended', image: image.id, stage: 'categorize', record: { outcome, ms: 0 } });
    return state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.folder[Symbol.asyncDispose]();
  }
}

/** What the image was sorted as. */
export function resultOfSorting({ stages }: ImageState): CategorizeResult {
  const outcome = stages.categorize?.outcome;
  assert.ok(outcome?.kind === 'done', JSON.stringify(outcome));
  return outcome.result;
}
