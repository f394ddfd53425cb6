import type { RunEvent } from '../core/pipeline/observer.ts';

/** What the last attempt to bring something to the NAS came to, in this window. */
export type NasState =
  | { readonly kind: 'unknown' }
  /** `at`: milliseconds since 1970 */
  | { readonly kind: 'synced'; readonly at: number }
  | { readonly kind: 'trouble'; readonly why: string };

/** The state after an event of a run. @param now milliseconds since 1970 */
export function nasStateAfter(before: NasState, event: RunEvent, now: number): NasState {
  if (event.kind !== 'stage-ended' || event.stage !== 'sync') return before;
  const outcome = event.state.stages.sync?.outcome;
  switch (outcome?.kind) {
    case 'done':
      return { kind: 'synced', at: now };
    case 'waiting':
      return { kind: 'trouble', why: outcome.detail };
    case 'failed':
      return { kind: 'trouble', why: outcome.error.message };
    case 'skipped':
    case undefined:
      return before;
  }
}
