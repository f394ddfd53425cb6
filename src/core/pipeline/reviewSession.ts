import type { ImageId } from '../model/ids.ts';
import type { Decision } from '../model/review.ts';
import type { Clock } from '../ports/clock.ts';
import type { DecisionBox } from '../ports/decisionBox.ts';
import { LockHeld } from '../ports/journalFile.ts';
import type { RunReport } from './finishRun.ts';
import type { RunRequest } from './planRun.ts';

/** Nobody decides for so long: the lock is given back until somebody does, milliseconds. */
const IDLE_MS = 15_000;
/** Another process holds the lock: so long until the next try, milliseconds. */
const RETRY_MS = 2_000;

/** What becomes of the decisions at this moment. */
export type ReviewState =
  | { readonly kind: 'at-work' }
  /** everything that was decided is carried out, or taken up by the run of another process */
  | { readonly kind: 'resting' }
  /** they are kept, and taken up by the run that holds the lock, or after it */
  | { readonly kind: 'held'; readonly by: LockHeld }
  /** they are kept; the next decision tries again */
  | { readonly kind: 'failed'; readonly error: unknown };

export interface ReviewSessionParts {
  readonly box: DecisionBox;
  readonly clock: Clock;
  /** of `Engine`; @throws what that throws */
  readonly run: (request: RunRequest, signal: AbortSignal) => Promise<RunReport | undefined>;
  /** Lets the run of this process, if there is one, look into the box at once. @returns false when there is none */
  readonly collect: () => boolean;
  readonly onState: (state: ReviewState) => void;
}

/**
 * A person at the review, for as long as the panel or the screen is open. Each decision is kept in the box at once, and carried
 * out at once: by the run of this process when one is on, by that of another process when that holds the lock, else by the
 * review's own run, which stays open for further decisions. So one sitting makes one run and one manifest.
 *
 *   decide -> box -> run that is on | own run: lock -> decisions -> idle: unlock ... -> close: manifest
 */
export class ReviewSession {
  private readonly parts: ReviewSessionParts;
  private readonly closed = new AbortController();
  private readonly stop = new AbortController();
  private letGo = new AbortController();
  private working: Promise<void> | undefined;
  /** something came while we were at work, after the last look into the box was begun */
  private isLate = false;
  /** our run has given back the lock, and has no end yet */
  private isOpen = false;
  private report: RunReport | undefined;

  constructor(parts: ReviewSessionParts) {
    this.parts = parts;
  }

  /** Resolves when the decisions are kept; what becomes of them is told. @throws FatalError */
  async decide(decisions: ReadonlyMap<ImageId, Decision>): Promise<void> {
    await this.parts.box.post([...decisions].map(([image, decision]) => ({ image, decision })));
    this.deliver();
  }

  /** Takes decisions back: those not yet carried out are dropped, what came of the others is undone. @throws FatalError */
  async takeBack(images: readonly ImageId[]): Promise<void> {
    await this.parts.box.post(images.map((image) => ({ image })));
    this.deliver();
  }

  /** Sees to it that what is in the box is taken up. */
  deliver(): void {
    this.isLate = this.working !== undefined;
    if (this.parts.collect() || this.working) return;
    this.letGo = new AbortController();
    this.working = this.work().finally(() => {
      this.working = undefined;
      if (this.isLate) this.deliver();
    });
  }

  /** Finishes what is under way and gives back the lock, for another run of this process; the review goes on afterwards. */
  async yieldLock(): Promise<void> {
    this.letGo.abort();
    await this.working;
  }

  /** Stops at once. What was decided is kept and gone on with later. */
  async abort(): Promise<void> {
    this.stop.abort(new Error('cancelled'));
    this.closed.abort();
    await this.working;
  }

  /**
   * Nobody is at the review any more: finishes what is under way, and writes the manifest.
   * @returns of the review's own run; undefined when there was none, or when another run goes on with it
   */
  async close(): Promise<RunReport | undefined> {
    this.closed.abort();
    await this.working;
    if (this.isOpen) await this.work();
    return this.report;
  }

  private async work(): Promise<void> {
    const { parts, closed, letGo, stop } = this;
    const hold = { idleMs: IDLE_MS, closed: closed.signal, letGo: letGo.signal };
    const given = AbortSignal.any([closed.signal, letGo.signal]);
    try {
      let isHeld: boolean;
      do {
        isHeld = false;
        try {
          parts.onState({ kind: 'at-work' });
          const report = await parts.run({ command: 'review', hold }, stop.signal);
          this.isOpen = report === undefined;
          this.report = report ?? this.report;
        } catch (error) {
          if (!(error instanceof LockHeld)) throw error;
          isHeld = true;
          parts.onState({ kind: 'held', by: error });
          await parts.clock.sleep(RETRY_MS, given).catch(() => undefined);
        }
      } while (!given.aborted && (await this.isAnyLeft()));
      // whoever wanted the lock takes up what is left, or the next review
      if (given.aborted) this.isLate = false;
      if (!isHeld || !given.aborted) parts.onState({ kind: 'resting' });
    } catch (error) {
      this.isLate = false;
      parts.onState({ kind: 'failed', error });
    }
  }

  /** Whether something is in the box, that included which comes while it is looked into. */
  private async isAnyLeft(): Promise<boolean> {
    for (;;) {
      this.isLate = false;
      if ((await this.parts.box.unread()).length > 0) return true;
      if (!(this.isLate as boolean)) return false;
    }
  }
}
