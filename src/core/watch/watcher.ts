import { FatalError, ImageError, type FailureReason } from '../model/failure.ts';
import { sidecarOf, type FoundImage } from '../model/image.ts';
import type { ImageId } from '../model/ids.ts';
import type { ImageState } from '../model/imageState.ts';
import type { Engine } from '../pipeline/engine.ts';
import type { RunReport } from '../pipeline/finishRun.ts';
import type { RunRequest } from '../pipeline/planRun.ts';
import type { RunEvent } from '../pipeline/observer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { FolderHints } from '../ports/folderHints.ts';
import { LockHeld } from '../ports/journalFile.ts';
import type { Folders } from '../settings/folders.ts';
import type { Arrivals } from './arrivals.ts';

const MINUTE = 60_000;
/** A whole inbox is walked at each look: a burst of hints is one. Milliseconds. */
const LEAST_BETWEEN_LOOKS = 1_000;
/** What waits for something that tells no time is tried again after this. */
const RETRY_AFTER = 15 * MINUTE;
/** The first wait after trouble, and the longest: doubled each time. */
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 5 * MINUTE;
/** Failures that pass by themselves; others are tried again when their file has changed, or by the next start. */
const PASSING: ReadonlySet<FailureReason> = new Set([
  'network', 'service-error', 'rate-limited', 'blocked', 'nas-unreachable', 'no-space', 'interrupted',
]); // prettier-ignore

export type WatchEvent =
  | { readonly kind: 'watching'; readonly folder: string; readonly everySeconds: number }
  /** a run begins; 0 images: what was parked is due */
  | { readonly kind: 'batch'; readonly images: number }
  | { readonly kind: 'run-ended'; readonly report: RunReport }
  /** nothing to do until then (milliseconds since 1970), unless something arrives */
  | { readonly kind: 'waiting'; readonly until: number }
  /** it is tried again by itself */
  | { readonly kind: 'trouble'; readonly message: string }
  | { readonly kind: 'recovered' };

export interface WatcherParts {
  readonly engine: Pick<Engine, 'run'>;
  readonly arrivals: Arrivals;
  readonly files: Pick<Files, 'stat'>;
  readonly hints: FolderHints;
  readonly clock: Clock;
  readonly folders: Folders;
  /** milliseconds between two looks without a hint */
  readonly lookEvery: number;
  readonly skipExisting: boolean;
  /** what each run is asked for beside */
  readonly request: Omit<RunRequest, 'command' | 'inbox'>;
  readonly on: (event: WatchEvent) => void;
}

/**
 * Runs the pipeline over what arrives in the inbox, for as long as nobody stops it. The lock of the working folder is held
 * only while a run is on, so that others get their turn; what parks waits, and is taken up when its time has come.
 *
 *   look at the inbox -> arrived or due: a run -> wait for a hint, the next look, or what is due -> ...
 */
export class Watcher {
  private readonly parts: WatcherParts;
  /** handed to a run, or known to need none: each image once, until it changes */
  private readonly taken = new Set<ImageId>();
  /** milliseconds since 1970: when what was parked is worth another run */
  private due: number | undefined;
  /** the same: when the next of those that are still being written may be whole */
  private settlesAt: number | undefined;
  private toldDue: number | undefined;

  constructor(parts: WatcherParts) {
    this.parts = parts;
    // what an earlier process left unfinished
    this.due = parts.clock.now();
  }

  /** Tells what happens in the runs. */
  observe(event: RunEvent): void {
    if (event.kind !== 'image-settled') return;
    const at = this.retryAt(event.state);
    if (at !== undefined) this.due = Math.min(this.due ?? at, at);
  }

  /**
   * @returns the report of the run that was stopped; undefined when none was on
   * @throws what can't pass by itself: SettingsError, FatalError `journal-broken`, `newer-version`, `no-exiftool`
   */
  async watch(signal: AbortSignal): Promise<RunReport | undefined> {
    const { on, folders, lookEvery, clock, hints } = this.parts;
    on({ kind: 'watching', folder: folders.inbox, everySeconds: lookEvery / 1000 });
    const isStopped = (): boolean => signal.aborted;
    let pause = 0;
    let told: string | undefined;
    try {
      while (!isStopped()) {
        let wait: number;
        try {
          const stopped = await this.runs(signal);
          if (stopped) return stopped;
          wait = this.untilNext();
          if (told !== undefined) on({ kind: 'recovered' });
          pause = 0;
          told = undefined;
        } catch (error) {
          if (isStopped()) return undefined;
          if (!passes(error)) throw error;
          if (error.message !== told) on({ kind: 'trouble', message: error.message });
          told = error.message;
          pause = Math.min(Math.max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE);
          this.due = clock.now();
          // it may be gone, and come back as another folder
          await hints.stop();
          await clock.sleep(pause, signal).catch(() => undefined);
          continue;
        }
        await clock.sleep(LEAST_BETWEEN_LOOKS, signal).catch(() => undefined);
        if (!isStopped()) await hints.next(wait, signal).catch(() => undefined);
      }
      return undefined;
    } finally {
      await hints.stop();
    }
  }

  /** Until there is nothing to run for. @returns the report of one that was stopped */
  private async runs(signal: AbortSignal): Promise<RunReport | undefined> {
    const { engine, clock, folders, request, on } = this.parts;
    for (;;) {
      const fresh = await this.fresh(signal);
      const isDue = this.due !== undefined && this.due <= clock.now();
      if (fresh.length === 0 && !isDue) return undefined;
      this.due = undefined;
      if (fresh.length > 0) on({ kind: 'batch', images: fresh.length });
      const command = fresh.length > 0 ? 'process' : 'resume';
      const report = await engine.run(
        { ...request, command, ...(command === 'process' && { inbox: folders.inbox }) },
        signal,
      );
      for (const { id } of fresh) this.taken.add(id);
      if (!report) continue;
      on({ kind: 'run-ended', report });
      if (signal.aborted) return report;
    }
  }

  /** What has arrived and no run has had yet. */
  private async fresh(signal: AbortSignal): Promise<readonly FoundImage[]> {
    const { arrivals, folders, skipExisting, hints } = this.parts;
    await hints.listen(folders.inbox);
    const { arrived, settlesAt } = await arrivals.look(folders.inbox, [folders.sorted, folders.working], signal);
    this.settlesAt = settlesAt;
    const fresh: FoundImage[] = [];
    for (const image of arrived) {
      if (this.taken.has(image.id)) continue;
      // a run would pass it over, and write a manifest for that
      if (skipExisting && (await this.hasSidecar(image))) this.taken.add(image.id);
      else fresh.push(image);
    }
    return fresh;
  }

  private async hasSidecar({ path }: FoundImage): Promise<boolean> {
    try {
      return (await this.parts.files.stat(sidecarOf(path))) !== undefined;
    } catch (error) {
      // a name that is too long, a drive that hesitates: the run tells of it, and has the other images all the same
      if (error instanceof ImageError) return false;
      throw error;
    }
  }

  /** Milliseconds to the next look that is sure to be needed. */
  private untilNext(): number {
    const { clock, lookEvery, on } = this.parts;
    const now = clock.now();
    if (this.due !== undefined && this.due !== this.toldDue) on({ kind: 'waiting', until: this.due });
    this.toldDue = this.due;
    const next = Math.min(now + lookEvery, this.settlesAt ?? Infinity, this.due ?? Infinity);
    return Math.max(0, next - now);
  }

  private retryAt({ stages }: ImageState): number | undefined {
    const now = this.parts.clock.now();
    const times = Object.values(stages).flatMap(({ outcome }) => {
      if (outcome.kind === 'waiting' && outcome.why !== 'review') {
        const until = Date.parse(outcome.until ?? '');
        return [Number.isNaN(until) ? now + RETRY_AFTER : Math.max(until, now + MINUTE)];
      }
      return outcome.kind === 'failed' && PASSING.has(outcome.error.reason) ? [now + RETRY_AFTER] : [];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }
}

/** Whether it may be over by itself: another run, a drive that is away, a disk that somebody makes room on. */
function passes(error: unknown): error is Error {
  // an ImageError of the run as a whole is about its manifest
  if (error instanceof LockHeld || error instanceof ImageError) return true;
  return (
    error instanceof FatalError &&
    (error.reason === 'inbox-unreadable' || error.reason === 'no-space' || error.reason === 'not-writable')
  );
}
