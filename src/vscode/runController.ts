import * as vscode from 'vscode';
import type { Composition } from '../compose.ts';
import type { ImageId } from '../core/model/ids.ts';
import type { Decision } from '../core/model/review.ts';
import type { RunReport } from '../core/pipeline/finishRun.ts';
import type { RunRequest } from '../core/pipeline/planRun.ts';
import type { RunEvent } from '../core/pipeline/observer.ts';
import { ReviewSession, type ReviewState } from '../core/pipeline/reviewSession.ts';
import { searchedText } from '../core/search/searchPlan.ts';
import { logEvent } from './logEvent.ts';
import { showRunning } from './runDisplay.ts';
import { RunMarker } from './runMarker.ts';
import type { VscodeHost } from './vscodeHost.ts';

/** This window is at work already; another process is the core's LockHeld. */
export class RunIsOn extends Error {
  override readonly name = 'RunIsOn';
}

interface Current {
  readonly abort: AbortController;
  readonly ended: Promise<RunReport | undefined>;
}

/**
 * The one run of this window, and the review that is open in it. A decision that is made while a run is on goes into it; one
 * made while none is on is carried out by the review's own run, which is one for the whole sitting.
 */
export class RunController implements vscode.Disposable {
  private readonly host: VscodeHost;
  private readonly events = new vscode.EventEmitter<RunEvent>();
  private readonly changes = new vscode.EventEmitter<void>();
  private readonly reviewStates = new vscode.EventEmitter<ReviewState>();
  private current: Current | undefined;
  /** what is at work: of `current`, or of the review */
  private composition: Composition | undefined;
  private review: ReviewSession | undefined;
  /** ends the display of a review that is carrying out decisions */
  private rest: (() => void) | undefined;
  private isClosing = false;
  private missing: string[] = [];

  readonly onEvent = this.events.event;
  /** A run began or ended; for the review: it has decisions to carry out, or has carried them out. */
  readonly onDidChange = this.changes.event;
  /** What becomes of the decisions, and who holds the lock when they have to wait. */
  readonly onReviewState = this.reviewStates.event;

  constructor(host: VscodeHost) {
    this.host = host;
  }

  get isRunning(): boolean {
    return this.current !== undefined || this.rest !== undefined;
  }

  /** Parts of the program that did not work in the last run, each in a sentence. */
  get missingParts(): readonly string[] {
    return this.missing;
  }

  /**
   * Runs to the end, with a notification that tells how far it is and can stop it.
   * @returns undefined when there was nothing to resume
   * @throws RunIsOn, NoWorkspace, SettingsError, LockHeld, FatalError
   */
  async start(request: RunRequest): Promise<RunReport | undefined> {
    if (this.current) throw new RunIsOn(vscode.l10n.t('A run is on already. Wait for its end, or cancel it.'));
    this.missing = [];
    const abort = new AbortController();
    const ended = showRunning(vscode.ProgressLocation.Notification, this.onEvent, this.host.clock, abort, async () => {
      await this.freeLock();
      return this.work(request, abort.signal);
    });
    this.current = { abort, ended };
    this.changes.fire();
    try {
      return await ended;
    } finally {
      this.current = undefined;
      this.changes.fire();
      // decisions that came too late for this run
      this.review?.deliver();
    }
  }

  /**
   * Takes a person's decisions on images that wait. Resolves when they are kept; `onReviewState` and `onEvent` tell the rest.
   * @throws NoWorkspace, SettingsError, FatalError
   */
  async decide(decisions: ReadonlyMap<ImageId, Decision>): Promise<void> {
    await (await this.openReview()).decide(decisions);
  }

  /**
   * Takes decisions back: those not yet carried out are dropped, what came of the others is undone. The events
   * `decision-withdrawn` and `decision-stays` tell which.
   * @throws NoWorkspace, SettingsError, FatalError
   */
  async takeBack(images: readonly ImageId[]): Promise<void> {
    await (await this.openReview()).takeBack(images);
  }

  /**
   * Nobody reviews any more: what is under way is finished, and the review's run gets its manifest.
   * @returns undefined when the review had no run of its own
   */
  async closeReview(): Promise<RunReport | undefined> {
    const { review } = this;
    this.review = undefined;
    return review?.close();
  }

  /** Something else in this window needs the lock: the review gives it back, and takes it again with the next decision. */
  async freeLock(): Promise<void> {
    await this.review?.yieldLock();
  }

  /** Stops the run, so that it can be resumed, and waits for its end. */
  async cancel(): Promise<void> {
    const { current, review } = this;
    current?.abort.abort(new Error('cancelled'));
    if (!current && this.rest) {
      this.review = undefined;
      await review?.abort();
    }
    await current?.ended.catch(() => undefined);
  }

  /** Stops the run as `cancel` does, but leaves word of it: the next window offers to resume it. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.cancel();
  }

  dispose(): void {
    this.isClosing = true;
    this.current?.abort.abort(new Error('the window is closing'));
    void this.closeReview();
    this.events.dispose();
    this.changes.dispose();
    this.reviewStates.dispose();
  }

  private async openReview(): Promise<ReviewSession> {
    if (this.review) return this.review;
    const { decisions: box } = await this.host.composeForReading();
    this.review ??= new ReviewSession({
      box,
      clock: this.host.clock,
      run: (request, signal) => this.work(request, signal),
      collect: () => this.collect(),
      onState: (state) => this.onState(state),
    });
    return this.review;
  }

  /** @returns whether there is a run that looks into the box now */
  private collect(): boolean {
    const runner = this.composition?.engine.active;
    void runner?.collect();
    if (runner && !this.current) this.showReview();
    // one that is still beginning takes up what is in the box by then
    return runner !== undefined || this.current !== undefined;
  }

  private onState(state: ReviewState): void {
    if (state.kind === 'at-work') this.showReview();
    else this.rest?.();
    this.reviewStates.fire(state);
  }

  /** Shows that the review carries out decisions, until it has. */
  private showReview(): void {
    if (this.rest) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.rest = () => {
      this.rest = undefined;
      resolve(undefined);
      this.changes.fire();
    };
    const { Window } = vscode.ProgressLocation;
    void showRunning(Window, this.onEvent, this.host.clock, new AbortController(), () => promise);
    this.changes.fire();
  }

  private async work(request: RunRequest, signal: AbortSignal): Promise<RunReport | undefined> {
    const { log } = this.host;
    const observer = {
      on: (event: RunEvent): void => {
        logEvent(log, event);
        this.events.fire(event);
        if (event.kind === 'warning' && event.about === 'part') this.missing.push(event.text);
        if (event.kind === 'review-idle') this.rest?.();
      },
    };
    const composition = await this.host.compose(observer);
    this.composition = composition;
    const marker = new RunMarker(composition.folders.working);
    let marked: Promise<void> | undefined;
    // only a run that holds the lock: the marker of another window's is not ours
    const begun = this.onEvent(({ kind }) => {
      if (kind === 'run-started') marked = marker.set();
    });
    let report: RunReport | undefined;
    try {
      report = await composition.engine.run(request, signal);
    } finally {
      begun.dispose();
      await marked;
      if (marked && !this.isClosing) await marker.remove();
    }
    if (report) {
      const { outcome, manifest, statistics } = report;
      const found = searchedText(statistics.search, statistics.awaitingQuota, Date.now());
      log.info(`The run ${outcome === 'completed' ? 'ended' : 'was interrupted'}: ${manifest}. Search: ${found}.`);
    }
    return report;
  }
}
