import type { Cargo, Hooks } from '../../core/sync/syncEngine.ts';

/** One file in the staging folder, or why it is not there. */
export interface Carried {
  readonly cargo: Cargo;
  /** no part of it lay there before; absent: it may have */
  readonly isFresh?: true;
  /** an ImageError, or the system's error about the NAS */
  readonly error?: Error;
}

/**
 * How bytes get into the staging folder of a NAS that is mounted. Whatever else an engine owes (the check, the name) is done by
 * PathEngine for all.
 */
export interface Carrier {
  /**
   * Copies each file to its place below `staging`, with its time. A part that lies there may be gone on with when the cargo says
   * so; there is nothing else. Tells of each file as soon as it is known.
   * @param staging absolute path; the folders for the places are there
   * @throws NasUnreachable when what copies can't be started
   */
  carry(cargo: readonly Cargo[], staging: string, hooks: Hooks): AsyncIterable<Carried>;
  /** Ends the processes behind it. */
  close(): Promise<void>;
}
