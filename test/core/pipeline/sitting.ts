import { join } from 'node:path';
import { compose, type Composition } from '../../../src/compose.ts';
import { systemClock } from '../../../src/systemClock.ts';
import type { ImageId } from '../../../src/core/model/ids.ts';
import type { ImageState } from '../../../src/core/model/imageState.ts';
import type { Decision } from '../../../src/core/model/review.ts';
import type { RunEvent } from '../../../src/core/pipeline/observer.ts';
import { ReviewSession, type ReviewState } from '../../../src/core/pipeline/reviewSession.ts';
import { suggestionOf } from '../../../src/core/stages/suggestion.ts';
import { readSettingsFile } from '../../../src/terminal/settingsFile.ts';
import { CollectedLog } from '../../adapters/support/collectedLog.ts';
import { ROOT, type Workspace } from '../../cli/commandLine.ts';

/** A person at the review in this process. */
export class Sitting {
  readonly composition: Composition;
  readonly session: ReviewSession;
  readonly events: RunEvent[] = [];
  readonly states: ReviewState[] = [];
  private readonly waiting: (() => void)[] = [];

  private constructor(workspace: Workspace, settings: Readonly<Record<string, unknown>>) {
    this.composition = compose(
      {
        version: '0.0.0-test',
        workspace: workspace.dir,
        settings,
        secrets: {},
        assets: {
          analyzerWorker: join(ROOT, 'dist/analyzerWorker.js'),
          models: join(ROOT, 'media/models'),
          exiftoolConfig: join(ROOT, 'media/exiftool/image-inbox.config'),
          sqlWasm: join(ROOT, 'node_modules/sql.js/dist/sql-wasm.wasm'),
        },
        log: new CollectedLog(),
        observer: { on: (event) => this.tell(this.events, event) },
        clock: systemClock,
      },
      {},
    );
    const { engine, decisions: box } = this.composition;
    this.session = new ReviewSession({
      box,
      clock: systemClock,
      run: (request, signal) => engine.run(request, signal),
      collect: () => {
        void engine.active?.collect();
        return engine.active !== undefined;
      },
      onState: (state) => this.tell(this.states, state),
    });
  }

  static async begin(workspace: Workspace): Promise<Sitting> {
    return new Sitting(workspace, await readSettingsFile(workspace.dir));
  }

  /** The image of this name, which must be waiting. */
  async image(name: string): Promise<ImageState> {
    const waiting = await this.composition.waiting();
    const found = waiting.find(({ image }) => image.path.endsWith(name));
    if (!found) throw new Error(`${name} does not wait; ${waiting.map((w) => w.image.path).join(', ')} do`);
    return found;
  }

  approve(...states: readonly ImageState[]): Promise<void> {
    const decide = (state: ImageState): [ImageId, Decision] => [
      state.image.id,
      { decision: 'approved', tags: suggestionOf(state, 0)!.tags },
    ];
    return this.session.decide(new Map(states.map(decide)));
  }

  /** Until what was noted so far, or comes, is so; mocha's time limit ends a vain wait. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Until the image has been settled so often in this sitting. */
  settled(id: ImageId, times = 1): Promise<void> {
    return this.until(() => this.fates(id).length >= times);
  }

  fates(id: ImageId): readonly unknown[] {
    return this.events.flatMap((e) => (e.kind === 'image-settled' && e.state.image.id === id ? [e.state.fate] : []));
  }

  private tell<T>(list: T[], item: T): void {
    list.push(item);
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
