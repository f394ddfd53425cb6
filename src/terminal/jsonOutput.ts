import { resultOf } from '../core/model/imageState.ts';
import { STAGE_IDS, type StageId } from '../core/model/stageId.ts';
import type { RunReport } from '../core/pipeline/finishRun.ts';
import type { RunEvent } from '../core/pipeline/observer.ts';
import { Progress } from '../core/pipeline/progress.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Output } from './output.ts';

/** At most one `stage-progress` a stage in this time, milliseconds. */
const EVERY = 500;

/** One JSON object a line on stdout, nothing else there (PRODUCT: events of `--json`). */
export class JsonOutput implements Output {
  private readonly write: (line: string) => void;
  private readonly clock: Clock;
  private readonly progress: Progress;
  private lastProgress = 0;

  constructor(write: (line: string) => void, clock: Clock) {
    this.write = write;
    this.clock = clock;
    this.progress = new Progress(clock);
  }

  on(event: RunEvent): void {
    this.progress.on(event);
    switch (event.kind) {
      case 'run-started':
        this.event('run-started', { runId: event.runId, resumed: event.resumed });
        break;
      case 'image-settled': {
        const { state } = event;
        const { fate } = state;
        const parked = fate === 'awaiting-review' || fate === 'awaiting-quota';
        const waiting = Object.values(state.stages).find((r) => r.outcome.kind === 'waiting')?.outcome;
        if (parked && waiting?.kind === 'waiting') {
          this.event('parked', {
            source: state.image.path,
            why: waiting.why,
            detail: waiting.detail,
            until: waiting.until,
          });
        } else {
          const failed = STAGE_IDS.map((id) => ({ id, outcome: state.stages[id]?.outcome })).find(
            (s) => s.outcome?.kind === 'failed',
          );
          this.event('image', {
            source: state.image.path,
            status: fate,
            destination: resultOf(state, 'categorize')?.destination,
            ...(failed?.outcome?.kind === 'failed' && { stage: failed.id, error: failed.outcome.error }),
          });
        }
        this.tick(false);
        break;
      }
      case 'warning':
        this.event('warning', { message: event.text });
        break;
      case 'decision-stays':
        this.event('warning', { message: `a decision can’t be taken back: ${event.why}` });
        break;
      case 'search-planned': {
        const { times, ...counts } = event.plan;
        const until = times?.at(-1);
        const plan = { ...counts, ...(until !== undefined && { doneAt: new Date(until).toISOString() }) };
        this.event('stage-progress', { ...this.facts('search'), plan });
        break;
      }
      case 'stage-ended':
      case 'scan-ended':
        this.tick(false);
        break;
      case 'decision-withdrawn':
      case 'review-idle':
      case 'image-found':
      case 'stage-started':
      case 'stage-put-off':
        break;
    }
  }

  end(report: RunReport | undefined, exitCode: number): void {
    if (!report) {
      this.event('run-ended', { outcome: 'nothing-to-do', exitCode });
      return;
    }
    this.tick(true);
    const { outcome, statistics, manifest, errorReport } = report;
    this.event('run-ended', { outcome, statistics, manifest, errorReport, exitCode });
  }

  fail(message: string, exitCode: number): void {
    this.event('run-ended', { outcome: 'failed', message, exitCode });
  }

  close(): void {
    // nothing was drawn
  }

  private tick(last: boolean): void {
    const now = this.clock.now();
    if (!last && now - this.lastProgress < EVERY) return;
    this.lastProgress = now;
    for (const id of STAGE_IDS) {
      this.event('stage-progress', this.facts(id));
    }
  }

  private facts(id: StageId): object {
    const { stage, done, total, perMinute, etaSeconds } = this.progress.stage(id);
    return { stage, done, total, perMinute, etaSeconds: etaSeconds ?? null };
  }

  private event(event: string, facts: object): void {
    this.write(JSON.stringify({ event, ...facts }));
  }
}
