import type { FileFacts } from './syncEngine.ts';

/** One image with its sidecar, the sidecar first, with what the file system says of them. */
export type SortedUnit = readonly SortedFile[];

export interface SortedFile extends FileFacts {
  /** absolute */
  readonly path: string;
}

export type SortedItem =
  | { readonly kind: 'unit'; readonly files: SortedUnit }
  /** something that could not be looked at: what is missing in it may be there all the same */
  | { readonly kind: 'problem'; readonly path: string; readonly message: string };

/** The side that is mirrored. */
export interface SortedFolder {
  /** Every image with its sidecar, many at a time. @throws FatalError when the folder itself can't be read */
  walk(root: string, signal: AbortSignal): AsyncIterable<readonly SortedItem[]>;
  /** undefined when it is not there. @throws ImageError when it can't be read, or is no regular file */
  facts(path: string): Promise<FileFacts | undefined>;
}
