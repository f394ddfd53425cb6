import { resultOf } from '../model/imageState.ts';
import type { ImageId } from '../model/ids.ts';
import { STAGE_IDS, type StageId } from '../model/stageId.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunEvent } from './observer.ts';

/** How far one stage is. */
export interface StageProgress {
  readonly stage: StageId;
  /** images that the stage is through with: done, skipped, failed, parked, or that ended before it */
  readonly done: number;
  /** images found so far */
  readonly total: number;
  readonly perMinute: number;
  /** seconds until the images found so far are through; undefined while nothing can be said */
  readonly etaSeconds: number | undefined;
}

/** What went out to the services, and how much came through. */
export interface Traffic {
  readonly requests: ReadonlyMap<string, number>;
  /** searches that an earlier one had answered */
  readonly cacheHits: number;
  /** of the images processed, since the run began */
  readonly megabytesPerSecond: number;
}

/** Ends of the last so many images make the rate, so that it follows a change and still settles. */
const WINDOW = 200;

/** Counts a run's events into progress for people. */
export class Progress {
  private readonly clock: Clock;
  private readonly ended: Record<StageId, number>;
  private readonly times: Record<StageId, number[]>;
  private found = 0;
  private settledImages = 0;
  /** found here, and not settled yet */
  private readonly underWay = new Set<ImageId>();
  /** those that are counted as settled and may settle again: decided on, or taken back */
  private readonly mayComeAgain = new Set<ImageId>();
  private readonly settleTimes: number[] = [];
  private readonly began: number;
  private bytes = 0;
  private cacheHits = 0;
  private readonly requests = new Map<string, number>();
  scanning = true;

  constructor(clock: Clock) {
    this.clock = clock;
    this.began = clock.now();
    this.ended = Object.fromEntries(STAGE_IDS.map((id) => [id, 0])) as Record<StageId, number>;
    this.times = Object.fromEntries(STAGE_IDS.map((id) => [id, [] as number[]])) as Record<StageId, number[]>;
  }

  on(event: RunEvent): void {
    if (event.kind === 'image-found') {
      this.found++;
      this.underWay.add(event.image.id);
      this.mayComeAgain.delete(event.image.id);
    }
    // what came of it has been counted, or was of an earlier run
    if (event.kind === 'decision-withdrawn' && !this.underWay.has(event.state.image.id)) {
      this.mayComeAgain.add(event.state.image.id);
    }
    if (event.kind === 'scan-ended') this.scanning = false;
    if (event.kind === 'stage-ended') {
      this.count(event.stage);
      for (const [who, n] of Object.entries(event.requests ?? {}))
        this.requests.set(who, (this.requests.get(who) ?? 0) + n);
      if (event.stage === 'search' && resultOf(event.state, 'search')?.cached) this.cacheHits++;
    }
    if (event.kind === 'image-settled') {
      const { image, fate } = event.state;
      if (fate === 'processed') this.bytes += image.size;
      this.underWay.delete(image.id);
      if (this.mayComeAgain.has(image.id)) return;
      if (fate !== 'processed' && fate !== 'skipped') this.mayComeAgain.add(image.id);
      this.settledImages++;
      remember(this.settleTimes, this.clock.now());
      // stages that this image will not reach any more count as through, so that every bar ends full
      for (const id of STAGE_IDS) if (!event.state.stages[id]) this.count(id);
    }
  }

  stage(stage: StageId): StageProgress {
    return {
      stage,
      done: Math.min(this.ended[stage], this.found),
      total: this.found,
      ...this.pace(this.ended[stage], this.times[stage]),
    };
  }

  overall(): Omit<StageProgress, 'stage'> {
    return { done: this.settledImages, total: this.found, ...this.pace(this.settledImages, this.settleTimes) };
  }

  traffic(): Traffic {
    const seconds = (this.clock.now() - this.began) / 1000;
    const megabytesPerSecond = seconds > 0 ? Math.round((this.bytes / 1e6 / seconds) * 100) / 100 : 0;
    return { requests: this.requests, cacheHits: this.cacheHits, megabytesPerSecond };
  }

  private count(stage: StageId): void {
    this.ended[stage]++;
    remember(this.times[stage], this.clock.now());
  }

  private pace(done: number, times: readonly number[]): { perMinute: number; etaSeconds: number | undefined } {
    const since = times.length < WINDOW ? this.began : (times[0] ?? this.began);
    const minutes = (this.clock.now() - since) / 60_000;
    const perMinute = minutes > 0 ? times.length / minutes : 0;
    const left = Math.max(0, this.found - done);
    const etaSeconds = perMinute > 0 ? Math.round((left / perMinute) * 60) : undefined;
    return { perMinute: Math.round(perMinute * 10) / 10, etaSeconds };
  }
}

function remember(times: number[], at: number): void {
  times.push(at);
  if (times.length > WINDOW) times.shift();
}

/** `1:05`, `2:03:20`; `–` when unknown. */
export function clockText(seconds: number | undefined): string {
  if (seconds === undefined) return '–';
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), Math.floor(seconds % 60)];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
