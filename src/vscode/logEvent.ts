import type { RunEvent } from '../core/pipeline/observer.ts';
import type { Log } from '../core/ports/log.ts';
import { ADVICE } from '../core/report/advice.ts';
import { planText } from '../core/search/searchPlan.ts';
import { oneLine } from './plainText.ts';

/** Writes down what somebody will look for when something went wrong: file, stage, cause, and what to do. */
export function logEvent(log: Log, event: RunEvent): void {
  switch (event.kind) {
    case 'run-started':
      log.info(`Run ${event.runId} ${event.resumed ? 'goes on' : 'starts'}.`);
      break;
    case 'search-planned':
      log.info(`Search: ${planText(event.plan, Date.now())}.`);
      break;
    case 'warning':
      log.warn(oneLine(event.text));
      break;
    case 'stage-ended': {
      const outcome = event.state.stages[event.stage]?.outcome;
      const where = `${oneLine(event.state.image.path)}: ${event.stage}`;
      if (outcome?.kind === 'failed') {
        const { reason, message } = outcome.error;
        log.error(`${where} failed (${reason}): ${oneLine(message)} ${ADVICE[reason].whatToDo}`);
      } else if (outcome) {
        log.debug(`${where} ${outcome.kind}`);
      }
      break;
    }
    case 'image-settled':
      log.debug(`${oneLine(event.state.image.path)}: ${event.state.fate ?? 'unfinished'}`);
      break;
    case 'decision-withdrawn':
      log.info(
        `${oneLine(event.state.image.path)}: the decision was taken back. ${event.notes.map(oneLine).join('; ')}`,
      );
      break;
    case 'decision-stays':
      log.warn(`A decision can’t be taken back: ${oneLine(event.why)}`);
      break;
    case 'review-idle':
    case 'image-found':
    case 'stage-started':
    case 'stage-put-off':
    case 'scan-ended':
      break;
  }
}
