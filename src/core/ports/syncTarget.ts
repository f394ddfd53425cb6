/** One image with its sidecar, as it goes to the NAS: the sidecar first, so that a library scan never meets an image without it. */
export interface SyncUnit {
  /** absolute paths, in the order in which they must arrive */
  readonly files: readonly string[];
  /** absolute path of the sorted folder; places on the target are relative to it */
  readonly root: string;
}

export type SyncAnswer =
  | {
      readonly kind: 'synced';
      readonly destination: string;
      readonly copied: number;
      readonly unchanged: number;
      readonly bytes: number;
    }
  /** the target is not there (unmounted, asleep): worth another try later */
  | { readonly kind: 'unreachable'; readonly why: string };

/**
 * Where the sorted folder is mirrored. Copies what is new or changed under a temporary name, checks it, renames it; deletes
 * nothing. Safe to repeat. @throws ImageError for trouble with one file, FatalError never: a full NAS fails its images.
 */
export interface SyncTarget {
  put(unit: SyncUnit, signal: AbortSignal): Promise<SyncAnswer>;
}
