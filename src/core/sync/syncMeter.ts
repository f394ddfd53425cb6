import type { Clock } from '../ports/clock.ts';

/** How far a sync is. */
export interface SyncProgress {
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  readonly totalBytes: number;
  /** over the last ten seconds; 0 while nothing is known */
  readonly bytesPerSecond: number;
  /** absent while nothing is known */
  readonly secondsLeft?: number;
}

const WINDOW_MS = 10_000;
/** No terminal and no notification shows more. */
const EVERY_MS = 200;

/** Counts files and bytes, and tells at most five times a second. */
export class SyncMeter {
  private readonly clock: Clock;
  private readonly tell: (progress: SyncProgress) => void;
  private readonly totalFiles: number;
  private readonly totalBytes: number;
  private files = 0;
  private bytes = 0;
  private told = -Infinity;
  private marks: { readonly at: number; readonly bytes: number }[];

  constructor(
    clock: Clock,
    total: { readonly files: number; readonly bytes: number },
    tell: (progress: SyncProgress) => void,
  ) {
    this.clock = clock;
    this.tell = tell;
    this.totalFiles = total.files;
    this.totalBytes = total.bytes;
    this.marks = [{ at: clock.now(), bytes: 0 }];
  }

  /** Bytes under way; what a second try copies again is not counted beyond the total. */
  moved(bytes: number): void {
    this.bytes = Math.min(this.totalBytes, this.bytes + bytes);
    this.report(false);
  }

  finished(files: number): void {
    this.files += files;
    this.report(this.files === this.totalFiles);
  }

  private report(anyway: boolean): void {
    const now = this.clock.now();
    if (!anyway && now - this.told < EVERY_MS) return;
    this.told = now;
    while (this.marks.length > 1 && now - (this.marks[1]?.at ?? now) >= WINDOW_MS) this.marks.shift();
    const first = this.marks[0] ?? { at: now, bytes: this.bytes };
    this.marks.push({ at: now, bytes: this.bytes });
    const seconds = (now - first.at) / 1000;
    const bytesPerSecond = seconds > 0 ? (this.bytes - first.bytes) / seconds : 0;
    this.tell({
      files: this.files,
      totalFiles: this.totalFiles,
      bytes: this.bytes,
      totalBytes: this.totalBytes,
      bytesPerSecond,
      ...(bytesPerSecond > 0 && { secondsLeft: (this.totalBytes - this.bytes) / bytesPerSecond }),
    });
  }
}
