import type { FailureReason } from '../model/failure.ts';
import type { FoundImage } from '../model/image.ts';

/** What the walk over an inbox comes upon. */
export type Discovery =
  /** a regular file that is an image by its content, or claims to be one by its name */
  | { readonly kind: 'image'; readonly image: FoundImage }
  /** something that cannot be taken, with what a person should know */
  | { readonly kind: 'problem'; readonly image: FoundImage; readonly reason: FailureReason; readonly message: string }
  /** left out on purpose (a symbolic link) */
  | { readonly kind: 'passed-over'; readonly image: FoundImage; readonly why: string };

/**
 * The inbox as a stream. Holds one folder's names at a time, never the whole tree; names come in a stable order.
 * Links are never followed; dot files, NAS droppings (`@eaDir`), sidecars and unfinished downloads are passed over without
 * a word. A folder that can't be read is a `problem`, and the walk goes on.
 */
export interface ImageFolder {
  /**
   * @param root absolute path of the folder
   * @param exclude absolute paths of folders never entered (sorted and working folder)
   * @throws FatalError `inbox-unreadable` when the root itself can't be read
   */
  walk(root: string, exclude: readonly string[], signal: AbortSignal): AsyncIterable<Discovery>;

  /** Whether the folder can't be looked into, or has nothing in it: as the place of a drive that is not mounted. True when `signal` ends the look. */
  isAway(root: string, signal: AbortSignal): Promise<boolean>;
}
