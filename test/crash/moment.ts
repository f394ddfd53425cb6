import type { JournalEvent } from '../../src/core/journal/events.ts';

/** What befalls a process, and when. */
export type Moment =
  /** from outside, so many milliseconds after its start, whatever it does then */
  | { readonly kind: 'time'; readonly ms: number }
  /** before its n-th call that changes something on the disk */
  | { readonly kind: 'change'; readonly nth: number }
  /** at the n-th line of a kind that it writes into the journal */
  | { readonly kind: 'event'; readonly event: EventKind; readonly nth: number; readonly where: Where }
  /** no kill: its n-th call that changes something on the disk fails, and the later ones too when that `lasts` */
  | { readonly kind: 'fault'; readonly code: FaultCode; readonly nth: number; readonly lasts: boolean };

/** As the system numbers them (Linux). */
const ERRNO = { ENOSPC: -28, EIO: -5, EACCES: -13, EROFS: -30, EMFILE: -24 } as const;

export type FaultCode = keyof typeof ERRNO;
export const FAULT_CODES = Object.keys(ERRNO) as readonly FaultCode[];

/** The error that Node makes of it. */
export const failure = (code: FaultCode, syscall: string): Error =>
  Object.assign(new Error(`${code}: the disk fails, ${syscall}`), { code, errno: ERRNO[code], syscall });

export type EventKind = JournalEvent['kind'];
export type Where = 'before' | 'torn' | 'after';

export function momentText(at: Moment): string {
  switch (at.kind) {
    case 'time':
      return `${at.ms} ms after the start`;
    case 'change':
      return `before change ${at.nth}`;
    case 'fault':
      return `${at.code} at change ${at.nth}${at.lasts ? ' and from then on' : ''}`;
    case 'event':
      return `${at.where === 'torn' ? 'in the middle of' : at.where} ${at.event} ${at.nth}`;
  }
}
