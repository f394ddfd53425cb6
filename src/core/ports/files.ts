import type { ContentHash } from '../model/ids.ts';
import type { Fingerprint, FoundImage } from '../model/image.ts';

export interface FileFacts {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * The user's files. Nothing here ever overwrites a file that exists: a taken name is an ImageError `exists`.
 * Every method is safe to repeat after a crash at any point inside it: what was done already is recognised and finished.
 * Errors are ImageErrors (`vanished`, `unreadable`, `not-writable`, `exists`, `verify-failed`), a full disk is a FatalError.
 */
export interface Files {
  /** undefined when nothing is there; a link is looked at itself, not its target */
  stat(path: string): Promise<FileFacts | undefined>;

  /** Reads the file once, start to end. @throws ImageError `not-an-image`, `empty`, `changed`, `unreadable`, `vanished` */
  fingerprint(image: FoundImage, signal: AbortSignal): Promise<Fingerprint>;

  /** SHA-256 of a file's bytes; undefined when nothing is there */
  hash(path: string, signal: AbortSignal): Promise<ContentHash | undefined>;

  /** Whether files can be made in the folder and removed from it, as far as its permissions tell. */
  isWritable(folder: string): Promise<boolean>;

  /** Which file system a folder is of, links followed: another text where another one is mounted; undefined when nothing is there. */
  device(path: string): Promise<string | undefined>;

  /** Absolute path at which that file system begins; undefined when nothing is there. */
  mountPoint(path: string): Promise<string | undefined>;

  /** Makes the folder and its parents; tells those that were missing, outermost first. */
  makeFolder(path: string): Promise<readonly string[]>;

  /**
   * Moves a file to a free name. On one device by link and unlink; across devices the bytes are copied beside the target,
   * verified against `sha256`, renamed, and only then the source is removed. Times and permissions are kept.
   */
  move(from: string, to: string, sha256: ContentHash, signal: AbortSignal): Promise<void>;

  /** Copies a file to a free name: aside, verified against `sha256`, renamed. Times and permissions are kept. */
  copy(from: string, to: string, sha256: ContentHash, signal: AbortSignal): Promise<void>;

  /**
   * The first half of a move whose second half, `removeDouble`, comes later: until then the file has both names, or is there
   * twice, copied as by `copy`, where it can't have two.
   */
  linkOrCopy(from: string, to: string, sha256: ContentHash, signal: AbortSignal): Promise<void>;

  /** Removes what `linkOrCopy` has left at the old name: another name of `of`, or its bytes. True when it is gone. */
  removeDouble(path: string, of: string, sha256: ContentHash, signal: AbortSignal): Promise<boolean>;

  /** Takes one name away from a file that has others, wherever they are: no byte is lost. True when it did. */
  removeOneName(path: string): Promise<boolean>;

  /** Removes a file of ours whose bytes have that hash; other bytes are left alone. True when it is gone. */
  removeIfSame(path: string, sha256: ContentHash, signal: AbortSignal): Promise<boolean>;

  /** Writes a file of ours (manifest, report) aside and renames it over the old one. */
  writeText(path: string, chunks: AsyncIterable<string> | Iterable<string>): Promise<void>;
}

/** What undoing needs beside: it takes away what a run has made. */
export interface UndoFiles extends Files {
  /**
   * Whether two paths lead to one file, so that to remove the one leaves nothing at the other: by another spelling, through a
   * link. Two names of a file, of which one stays, are none. False where nothing is.
   */
  isOneFile(a: string, b: string): Promise<boolean>;

  /** Removes a folder if it is empty; anything in it stays. True when it is gone. @throws ImageError `not-writable` */
  removeFolder(path: string): Promise<boolean>;

  /**
   * Gives the file at `path` the bytes of `from` (of hash `becomes`), if it still has those of `sha256`: aside, verified,
   * renamed over. False when it has others; true also when it has them already.
   */
  replaceIfSame(
    path: string,
    sha256: ContentHash,
    from: string,
    becomes: ContentHash,
    signal: AbortSignal,
  ): Promise<boolean>;
}
