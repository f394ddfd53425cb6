import type { ImageFate } from '../core/model/outcome.ts';
import { STAGE_IDS, type StageId } from '../core/model/stageId.ts';
import type { RunEvent } from '../core/pipeline/observer.ts';
import { standing, type ImageStanding, type RunStatus } from '../core/pipeline/status.ts';

interface Entry {
  readonly standing: ImageStanding;
  readonly running: ReadonlySet<StageId>;
}

const NOTHING_DONE = Object.fromEntries(STAGE_IDS.map((id) => [id, 'pending'])) as ImageStanding['stages'];

/**
 * Where images stand: what the journal told, kept up to date by the events of our own run. Holds those that are under way,
 * wait or failed; what is through is no more than a file in its folder.
 */
export class Standings {
  private readonly entries = new Map<string, Entry>();

  /** Replaces all by what the journal says. */
  load(status: RunStatus | undefined): void {
    this.entries.clear();
    for (const image of status?.images ?? []) {
      this.entries.set(image.source, { standing: image, running: new Set() });
    }
  }

  on(event: RunEvent): void {
    switch (event.kind) {
      case 'stage-started': {
        const source = event.image.path;
        const { standing, running } = this.entries.get(source) ?? {
          standing: { source, fate: 'unfinished', stages: NOTHING_DONE },
          running: new Set<StageId>(),
        };
        this.entries.set(source, {
          // what it waited for or failed with is being tried again
          standing: { source, stages: standing.stages, fate: 'unfinished' },
          running: new Set([...running, event.stage]),
        });
        break;
      }
      case 'stage-ended': {
        const running = this.entries.get(event.state.image.path)?.running ?? new Set<StageId>();
        this.entries.set(event.state.image.path, {
          standing: standing(event.state),
          running: new Set([...running].filter((id) => id !== event.stage)),
        });
        break;
      }
      case 'stage-put-off': {
        const entry = this.entries.get(event.image.path);
        if (!entry) break;
        const running = new Set([...entry.running].filter((id) => id !== event.stage));
        this.entries.set(event.image.path, { ...entry, running });
        break;
      }
      case 'image-settled': {
        const { image, fate } = event.state;
        if (fate === 'processed' || fate === 'skipped') this.entries.delete(image.path);
        else this.entries.set(image.path, { standing: standing(event.state), running: new Set() });
        break;
      }
      case 'decision-withdrawn':
      case 'decision-stays':
      case 'review-idle':
      case 'run-started':
      case 'image-found':
      case 'scan-ended':
      case 'search-planned':
      case 'warning':
        break;
    }
  }

  /** @param path absolute path of the image in the inbox */
  get(path: string): ImageStanding | undefined {
    const entry = this.entries.get(path);
    return entry && shown(entry);
  }

  withFate(fate: ImageFate): readonly ImageStanding[] {
    return [...this.entries.values()].filter((e) => e.standing.fate === fate).map(shown);
  }

  count(fate: ImageFate): number {
    let n = 0;
    for (const { standing } of this.entries.values()) if (standing.fate === fate) n++;
    return n;
  }
}

function shown({ standing, running }: Entry): ImageStanding {
  if (running.size === 0) return standing;
  const stages = { ...standing.stages };
  for (const id of running) stages[id] = 'running';
  return { ...standing, stages };
}
