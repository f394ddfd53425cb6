import type { FileFacts } from './syncEngine.ts';

/**
 * What we know of one file on the NAS.
 *
 * - `intended`: we are about to put it there. After a kill it tells that what stands there may be ours.
 * - `held`: it stood there, equal to what is here, when we last looked.
 */
export interface SyncRecord {
  readonly place: string;
  readonly state: 'intended' | 'held';
  /** we put it there; false: it was there already, and equal. Only what is ours is ever removed. */
  readonly ours: boolean;
  /** the file here, as it was then */
  readonly here: FileFacts;
  /** `held`: what the NAS says of it; `intended`: what stood there before, absent when nothing did */
  readonly there?: FileFacts;
}

/**
 * Our own memory of a NAS folder, without which nobody could tell a change there from an older copy. What is lost of it makes
 * us more careful, never less.
 */
export interface SyncRecords {
  of(place: string): SyncRecord | undefined;
  all(): Iterable<SyncRecord>;
  /** Resolves when a kill of this process can't take it back. */
  write(records: readonly SyncRecord[]): Promise<void>;
  forget(places: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
