import * as vscode from 'vscode';
import type { Composition } from '../compose.ts';
import type { ImageId } from '../core/model/ids.ts';
import type { Decision } from '../core/model/review.ts';
import type { RunReport, RunRequest } from '../core/pipeline/engine.ts';
import type { RunEvent } from '../core/pipeline/observer.ts';
import type { Reviewer } from '../core/ports/reviewer.ts';
import { logEvent } from './logEvent.ts';
import { showRunning } from './runDisplay.ts';
import type { VscodeHost } from './vscodeHost.ts';

/** This window is at work already; another process is the core's LockHeld. */
export class RunIsOn extends Error {
  override readonly name = 'RunIsOn';
}

interface Current {
  readonly abort: AbortController;
  readonly ended: Promise<RunReport | undefined>;
  /** absent until settings and secrets are read */
  composition?: Composition;
}

/**
 * The one run of this window. A decision that is made while it is on goes into it; one made while none is on starts one, for
 * what was parked.
 */
export class RunController implements vscode.Disposable {
  private readonly host: VscodeHost;
  private readonly events = new vscode.EventEmitter<RunEvent>();
  private readonly changes = new vscode.EventEmitter<void>();
  private current: Current | undefined;
  /** made, and not yet taken up by the review stage */
  private readonly decisions = new Map<ImageId, Decision>();

  readonly onEvent = this.events.event;
  /** A run began or ended. */
  readonly onDidChange = this.changes.event;

  constructor(host: VscodeHost) {
    this.host = host;
  }

  get isRunning(): boolean {
    return this.current !== undefined;
  }

  /**
   * Runs to the end, with a notification that tells how far it is and can stop it.
   * @returns undefined when there was nothing to resume
   * @throws RunIsOn, NoWorkspace, SettingsError, LockHeld, FatalError
   */
  async start(request: RunRequest): Promise<RunReport | undefined> {
    return this.begin(request, vscode.ProgressLocation.Notification);
  }

  /**
   * Takes a person's decisions on images that wait.
   * @returns how the run ended that had to be started for them; undefined when one was on already, or is at an end by now
   */
  async decide(decisions: ReadonlyMap<ImageId, Decision>): Promise<RunReport | undefined> {
    for (const [id, decision] of decisions) this.decisions.set(id, decision);
    if (!this.current) return this.begin({ command: 'resume' }, vscode.ProgressLocation.Window);
    const runner = this.current.composition?.engine.active;
    // before the runner is there, and after it, the decision is kept: the review stage asks for it, or the next run does
    if (runner) for (const [id, decision] of decisions) await runner.decide(id, decision);
    return undefined;
  }

  /** Stops the run, so that it can be resumed, and waits for its end. */
  async cancel(): Promise<void> {
    const { current } = this;
    current?.abort.abort(new Error('cancelled'));
    await current?.ended.catch(() => undefined);
  }

  dispose(): void {
    this.current?.abort.abort(new Error('the window is closing'));
    this.events.dispose();
    this.changes.dispose();
  }

  private async begin(request: RunRequest, place: vscode.ProgressLocation): Promise<RunReport | undefined> {
    if (this.current) throw new RunIsOn(vscode.l10n.t('A run is on already. Wait for its end, or cancel it.'));
    const abort = new AbortController();
    const asked = new Set(this.decisions.keys());
    const ended = showRunning(place, this.onEvent, this.host.clock, abort, () => this.work(request, abort.signal));
    this.current = { abort, ended };
    this.changes.fire();
    let report: RunReport | undefined;
    try {
      report = await ended;
    } finally {
      this.current = undefined;
      this.changes.fire();
    }
    if (report?.outcome === 'interrupted') return report;
    // the images of those that a whole run has not taken up are no longer there
    for (const id of asked) this.decisions.delete(id);
    return this.decisions.size > 0 ? this.begin({ command: 'resume' }, place) : report;
  }

  private async work(request: RunRequest, signal: AbortSignal): Promise<RunReport | undefined> {
    const { log } = this.host;
    const reviewer: Reviewer = { decide: (image) => this.decisions.get(image.id) };
    const observer = {
      on: (event: RunEvent): void => {
        if (event.kind === 'stage-ended' && event.stage === 'review') this.forget(event);
        logEvent(log, event);
        this.events.fire(event);
      },
    };
    const composition = await this.host.compose(observer, reviewer);
    if (this.current) this.current.composition = composition;
    const report = await composition.engine.run(request, signal);
    if (report) log.info(`The run ${report.outcome === 'completed' ? 'ended' : 'was interrupted'}: ${report.manifest}`);
    return report;
  }

  private forget({ state }: Extract<RunEvent, { kind: 'stage-ended' }>): void {
    if (state.stages.review?.outcome.kind === 'done') this.decisions.delete(state.image.id);
  }
}
