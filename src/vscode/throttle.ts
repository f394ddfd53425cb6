/** Work that takes long leaves this many times its own duration to others, */
const REST = 9;
/** but no longer than this, in milliseconds: on a busy machine everything takes long, and what is shown must not be old for it. */
const LONGEST_REST = 3000;

/**
 * Runs `work` at most once in `ms`, never twice at once, and always once more after the last call. Owned by whoever disposes
 * it.
 */
export class Throttle {
  private readonly ms: number;
  private readonly work: () => void | Promise<void>;
  private timer: NodeJS.Timeout | undefined;
  private working = false;
  private askedMeanwhile = false;
  private notBefore = -Infinity;

  constructor(ms: number, work: () => void | Promise<void>) {
    this.ms = ms;
    this.work = work;
  }

  /** Asks for the work to be done soon. */
  ask(): void {
    if (this.working) this.askedMeanwhile = true;
    else this.timer ??= setTimeout(() => this.now(), Math.max(0, this.notBefore - performance.now()));
  }

  /** Does it at once, or as soon as it can be done again. */
  now(): void {
    this.dispose();
    if (this.working) {
      this.askedMeanwhile = true;
      return;
    }
    const began = performance.now();
    this.notBefore = began + this.ms;
    const done = this.work();
    if (!done) return;
    this.working = true;
    void done.finally(() => {
      this.working = false;
      const ended = performance.now();
      this.notBefore = Math.max(this.notBefore, ended + Math.min(LONGEST_REST, REST * (ended - began)));
      if (!this.askedMeanwhile) return;
      this.askedMeanwhile = false;
      this.ask();
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
