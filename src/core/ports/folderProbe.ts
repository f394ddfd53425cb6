/** How a folder is. Texts (`why`, `unreadable`, ...) are short, for people: `no permission (EACCES)`. */
export type FolderFacts =
  | {
      readonly kind: 'folder';
      /** the same for two paths that lead to the same folder; empty where the file system tells none */
      readonly identity: string;
      /** tells one file system from another */
      readonly device: string;
      readonly isEmpty: boolean;
      readonly unreadable?: string;
      readonly unwritable?: string;
      /** undefined where the file system does not tell */
      readonly freeBytes?: number;
    }
  | {
      readonly kind: 'missing';
      /** why it can't be made */
      readonly uncreatable?: string;
      /** of the nearest folder above that exists */
      readonly device: string;
      readonly freeBytes?: number;
    }
  | { readonly kind: 'not-a-folder' }
  | { readonly kind: 'out-of-reach'; readonly why: string }
  /** the mount hangs */
  | { readonly kind: 'no-answer'; readonly seconds: number };

/** Looks at folders that may be on a mount that hangs: every answer comes within a time limit. */
export interface FolderProbe {
  /**
   * Writing is tried by really writing a hidden file and removing it, making by making and removing a folder of nearly that
   * name. Rejects when `signal` is aborted.
   */
  look(path: string, signal: AbortSignal): Promise<FolderFacts>;
  /** Bytes of all files below, without what is below `exclude`; undefined when it can't be said in time. Rejects as above. */
  sizeOf(path: string, exclude: readonly string[], signal: AbortSignal): Promise<number | undefined>;
}
