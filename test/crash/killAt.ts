import type { JournalEvent } from '../../src/core/journal/events.ts';

/** When a process is killed. */
export type KillAt =
  /** from outside, so many milliseconds after its start, whatever it does then */
  | { readonly kind: 'time'; readonly ms: number }
  /** before its n-th call that changes something on the disk */
  | { readonly kind: 'change'; readonly nth: number }
  /** at the n-th line of a kind that it writes into the journal */
  | { readonly kind: 'event'; readonly event: EventKind; readonly nth: number; readonly where: Where };

export type EventKind = JournalEvent['kind'];
export type Where = 'before' | 'torn' | 'after';

export function killText(at: KillAt): string {
  switch (at.kind) {
    case 'time':
      return `${at.ms} ms after the start`;
    case 'change':
      return `before change ${at.nth}`;
    case 'event':
      return `${at.where === 'torn' ? 'in the middle of' : at.where} ${at.event} ${at.nth}`;
  }
}
