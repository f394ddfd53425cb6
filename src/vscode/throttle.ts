/** Runs `work` at most once in `ms`, and always once more after the last call. Owned by whoever disposes it. */
export class Throttle {
  private readonly ms: number;
  private readonly work: () => void;
  private timer: NodeJS.Timeout | undefined;
  private last = -Infinity;

  constructor(ms: number, work: () => void) {
    this.ms = ms;
    this.work = work;
  }

  /** Asks for the work to be done soon. */
  ask(): void {
    this.timer ??= setTimeout(() => this.now(), Math.max(0, this.last + this.ms - performance.now()));
  }

  /** Does it at once. */
  now(): void {
    this.dispose();
    this.last = performance.now();
    this.work();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
