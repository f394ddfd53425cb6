import type { Finding } from './finding.ts';

/** The parts of the checkup, in the order in which they are shown. */
export const CHECK_IDS = [
  'settings', 'program', 'exiftool', 'models', 'folders', 'space', 'sync', 'immich', 'keys', 'services', 'clock', 'lock', 'journal',
  'database',
] as const; // prettier-ignore
export type CheckId = (typeof CHECK_IDS)[number];

/** Looks at one part of the setup and changes nothing. */
export interface Check {
  readonly id: CheckId;
  /** for people */
  readonly title: string;
  /** Trouble is a finding; what is thrown counts as "could not be looked at". */
  look(signal: AbortSignal): Promise<readonly Finding[]>;
}
