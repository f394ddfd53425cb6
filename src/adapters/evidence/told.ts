import type { BesideEvidence } from '../../core/model/evidence.ts';

/** What a file beside an image tells, wherever that file lies. */
export type Told = Omit<BesideEvidence, 'file'>;
