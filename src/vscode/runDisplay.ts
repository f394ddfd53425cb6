import * as vscode from 'vscode';
import type { StageId } from '../core/model/stageId.ts';
import type { RunEvent } from '../core/pipeline/observer.ts';
import { clockText, Progress } from '../core/pipeline/progress.ts';
import type { Clock } from '../core/ports/clock.ts';
import { STAGE_NAMES } from './stageNames.ts';
import { Throttle } from './throttle.ts';

/** Time between two changes of what is shown, milliseconds. */
const EVERY = 250;

/** Shows a run while `work` is at it: progress where `place` says, the status bar item, and the view's own bar. */
export async function showRunning<T>(
  place: vscode.ProgressLocation,
  onEvent: vscode.Event<RunEvent>,
  clock: Clock,
  abort: AbortController,
  work: () => Promise<T>,
): Promise<T> {
  const progress = new Progress(clock);
  const busy = new BusyStage();
  const item = vscode.window.createStatusBarItem('imageInbox.run', vscode.StatusBarAlignment.Left);
  item.name = 'Image Inbox';
  item.text = '$(sync~spin) Image Inbox';
  item.tooltip = vscode.l10n.t('Image Inbox is at work. Click to see where every image stands.');
  item.command = 'imageInbox.tree.focus';
  item.show();

  const options = {
    location: place,
    title: 'Image Inbox',
    cancellable: place === vscode.ProgressLocation.Notification,
  };
  const withView = vscode.window.withProgress({ location: { viewId: 'imageInbox.tree' } }, () =>
    vscode.window.withProgress(options, async (notification, token) => {
      const cancelled = token.onCancellationRequested(() => abort.abort(new Error('cancelled')));
      let shownPercent = 0;
      const show = new Throttle(EVERY, () => {
        if (abort.signal.aborted) {
          notification.report({ message: vscode.l10n.t('stopping') });
          return;
        }
        const { done, total, etaSeconds } = progress.overall();
        const text = progressText(busy.stage, done, total, progress.scanning, etaSeconds);
        const percent = total > 0 && !progress.scanning ? (100 * done) / total : 0;
        notification.report({ message: text, increment: Math.max(0, percent - shownPercent) });
        shownPercent = Math.max(shownPercent, percent);
        item.text = `$(sync~spin) Image Inbox: ${text}`;
      });
      const listening = onEvent((event) => {
        progress.on(event);
        busy.on(event);
        show.ask();
      });
      const onAbort = (): void => show.now();
      abort.signal.addEventListener('abort', onAbort);
      try {
        return await work();
      } finally {
        abort.signal.removeEventListener('abort', onAbort);
        listening.dispose();
        show.dispose();
        cancelled.dispose();
      }
    }),
  );
  try {
    return await withView;
  } finally {
    item.dispose();
  }
}

/** `analyze · 12 of 40 · 1:05 left`; `12 of 40+` while the folder is still being searched the total is what was found so far. */
export function progressText(
  stage: StageId | undefined,
  done: number,
  total: number,
  scanning: boolean,
  etaSeconds: number | undefined,
): string {
  const { t } = vscode.l10n;
  if (total === 0) return t('looking for images');
  const parts = [STAGE_NAMES[stage ?? 'scan'], t('{0} of {1}', done, `${total}${scanning ? '+' : ''}`)];
  if (!scanning && etaSeconds !== undefined && done < total) parts.push(t('{0} left', clockText(etaSeconds)));
  return parts.join(' · ');
}

/** The stage that has the most images in hand. */
class BusyStage {
  private readonly running = new Map<StageId, number>();
  stage: StageId | undefined;

  on(event: RunEvent): void {
    if (event.kind === 'stage-started') this.add(event.stage, 1);
    // a stage that is switched off ends without having started
    if (event.kind === 'stage-ended' && (this.running.get(event.stage) ?? 0) > 0) this.add(event.stage, -1);
  }

  private add(stage: StageId, by: number): void {
    const n = (this.running.get(stage) ?? 0) + by;
    this.running.set(stage, n);
    const most = [...this.running].reduce((a, b) => (b[1] > a[1] ? b : a));
    if (most[1] > 0) [this.stage] = most;
  }
}
